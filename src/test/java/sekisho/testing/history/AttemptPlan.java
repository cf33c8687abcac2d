package sekisho.testing.history;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import sekisho.login.OperatorAct;
import sekisho.testing.TestUser;

/**
 * What the clients of a {@link HistoryLoad} try: a few users from a few addresses at a time, so
 * that failures, locks, bans and successes of the same ones meet in parallel; now and then somebody
 * from earlier; and names that no user has. No name comes twice from one address, by which each
 * attempt can be found again. Thread-safe.
 */
final class AttemptPlan {

  private static final int ACTIVE = 12;
  private static final int TRIES_OF_A_USER = 10;
  private static final int TRIES_FROM_AN_ADDRESS = 18;

  private final List<TestUser> users;
  private final Random random;
  private final int network;
  private final Set<String> used = new HashSet<>();
  private final List<String> addresses = new ArrayList<>();
  private int planned;
  private int newestUser;
  private int acts;

  /**
   * An attempt to make.
   *
   * @param login the name
   * @param password what to type
   * @param userId the user of that name, empty when there is none
   * @param matches whether the password is the user's
   * @param address where from
   */
  record Planned(
      String login, String password, OptionalLong userId, boolean matches, String address) {}

  /**
   * @param network 0 to 15; plans for one history need different ones, as their addresses must
   *     differ
   */
  AttemptPlan(List<TestUser> users, int network, long seed) {
    this.users = List.copyOf(users);
    this.network = network;
    this.random = new Random(seed);
    for (int i = 0; i < ACTIVE; i++) {
      addresses.add(address(i));
    }
    this.newestUser = ACTIVE - 1;
  }

  /** The next attempt. */
  synchronized Planned next() {
    planned++;
    if (planned % TRIES_OF_A_USER == 0) {
      newestUser++;
    }
    if (planned % TRIES_FROM_AN_ADDRESS == 0) {
      addresses.add(address(addresses.size()));
    }
    if (random.nextInt(6) == 0) {
      String name = "guest-" + network + "-" + planned;
      return new Planned(name, "guess", OptionalLong.empty(), false, addresses.get(anAddress()));
    }
    while (true) {
      TestUser user = aUser();
      int number = anAddress();
      String address = addresses.get(number);
      if (used.add(user.login() + ' ' + address)) {
        // From every third address somebody guesses, who is hardly ever right.
        boolean matches = random.nextInt(20) < (number % 3 == 0 ? 1 : 13);
        return new Planned(
            user.login(),
            matches ? user.password() : "not " + user.password(),
            OptionalLong.of(user.id()),
            matches,
            address);
      }
      // All that are active may have met already.
      addresses.add(address(addresses.size()));
    }
  }

  /** The next act, on a user or an address of recent attempts. Each act has a reason of its own. */
  synchronized OperatorAct nextAct() {
    acts++;
    boolean ofUser = random.nextBoolean();
    boolean pardons = random.nextInt(3) > 0;
    TestUser user = aUser();
    return new OperatorAct(
        1,
        Instant.EPOCH,
        pardons ? OperatorAct.Kind.PARDON : ofUser ? OperatorAct.Kind.LOCK : OperatorAct.Kind.BAN,
        ofUser ? OptionalLong.of(user.id()) : OptionalLong.empty(),
        ofUser ? user.login() : addresses.get(anAddress()),
        "tester",
        "act " + network + "-" + acts);
  }

  private TestUser aUser() {
    int back = random.nextInt(12) == 0 ? random.nextInt(users.size()) : random.nextInt(ACTIVE);
    return users.get(Math.floorMod(newestUser - back, users.size()));
  }

  private int anAddress() {
    int back = random.nextInt(12) == 0 ? random.nextInt(addresses.size()) : random.nextInt(ACTIVE);
    return addresses.size() - 1 - back;
  }

  private String address(int number) {
    return "10."
        + (network * 16 + (number >> 16))
        + "."
        + (number >> 8 & 255)
        + "."
        + (number & 255);
  }
}
