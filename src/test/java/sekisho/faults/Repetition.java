package sekisho.faults;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One of several runs of a fault test, each with other random moments. The system property {@code
 * sekisho.faults.repetitions} says how many there are (1 unless it is set), and {@code
 * sekisho.faults.seed} chooses the moments again that a failed run has printed.
 *
 * @param number from 1
 * @param random where all that is random comes from
 * @param seed what began it
 */
public record Repetition(int number, Random random, long seed) {

  /** Names the source of a parameterized test. */
  public static final String ALL = "sekisho.faults.Repetition#all";

  /** The system property that says how many there are. */
  public static final String COUNT = "sekisho.faults.repetitions";

  /** How many there are. */
  public static int count() {
    return Integer.getInteger(COUNT, 1);
  }

  /** All of them. */
  public static Stream<Repetition> all() {
    long first =
        Long.getLong("sekisho.faults.seed", System.currentTimeMillis() % 1_000_000_000 * 100);
    return IntStream.rangeClosed(1, count())
        .mapToObj(
            number -> new Repetition(number, new Random(first + number - 1), first + number - 1));
  }

  /** Waits for a random time up to the limit. */
  public void awaitMoment(Duration limit) {
    LockSupport.parkNanos((long) (random.nextDouble() * limit.toNanos()));
  }

  @Override
  public String toString() {
    return "repetition " + number + " of " + count() + ", -Dsekisho.faults.seed=" + seed;
  }
}
