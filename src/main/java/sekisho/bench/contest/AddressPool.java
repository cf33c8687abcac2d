package sekisho.bench.contest;

import java.util.SplittableRandom;
import sekisho.bench.load.EnvironmentException;

/**
 * One worker's share of the client addresses 127.1.x.y (127.2.x.y and on when those are used up).
 * Addresses whose last number divides by 3 belong to people who mostly know their password, the
 * others to guessers. One attempt in three comes from the former.
 */
public final class AddressPool {

  private static final int PLACES = 4;
  private static final int USES = 40;
  private static final int DIVISIBLE_PER_256 = 86;
  private static final int OTHERS_PER_256 = 170;

  /** The seeded log begins at 127.200. */
  private static final int LAST_SECOND_NUMBER = 199;

  private final Pool<String> owners;
  private final Pool<String> guessers;
  private final SplittableRandom random;
  private final int workers;
  private int nextOwner;
  private int nextGuesser;

  /**
   * @param worker the number of the worker, 0 to {@code workers} - 1
   */
  public AddressPool(int worker, int workers, int threshold, SplittableRandom random) {
    this.random = random;
    this.workers = workers;
    this.nextOwner = worker;
    this.nextGuesser = worker;
    this.owners = new Pool<>(this::drawOwner, PLACES, threshold, USES, random);
    this.guessers = new Pool<>(this::drawGuesser, PLACES, threshold, Integer.MAX_VALUE, random);
  }

  /** Whether right passwords come from this address too. */
  static boolean ownersAddress(String address) {
    return Integer.parseInt(address.substring(address.lastIndexOf('.') + 1)) % 3 == 0;
  }

  /** An address that is not banned. */
  String pick() {
    String address = random.nextInt(3) == 0 ? owners.pick() : guessers.pick();
    if (address == null) {
      throw new EnvironmentException("all 13 million addresses are used up; make the run shorter");
    }
    return address;
  }

  /** A banned address; null when there is none yet. */
  String pickBanned() {
    String guesser = guessers.pickBeyond();
    return guesser != null ? guesser : owners.pickBeyond();
  }

  void settle(String address, int failures) {
    owners.settle(address, failures);
    guessers.settle(address, failures);
  }

  void retire(String address) {
    owners.retire(address);
    guessers.retire(address);
  }

  private String drawOwner() {
    int n = nextOwner;
    nextOwner += workers;
    return address(n / DIVISIBLE_PER_256, n % DIVISIBLE_PER_256 * 3);
  }

  private String drawGuesser() {
    int n = nextGuesser;
    nextGuesser += workers;
    int index = n % OTHERS_PER_256;
    return address(n / OTHERS_PER_256, index / 2 * 3 + 1 + index % 2);
  }

  private static String address(int block, int last) {
    int second = 1 + block / 256;
    return second > LAST_SECOND_NUMBER ? null : "127." + second + "." + block % 256 + "." + last;
  }
}
