package sekisho.testing;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what will be so soon, for tests. */
public final class Until {

  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final Duration INTERVAL = Duration.ofMillis(5);

  private Until() {}

  /** Asks again and again until it is so; fails after 30 s. */
  public static void isTrue(String what, BooleanSupplier condition) {
    isTrue(what, DEADLINE, condition);
  }

  /** Asks again and again until it is so; fails after the limit. */
  public static void isTrue(String what, Duration limit, BooleanSupplier condition) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + limit.toSeconds() + " s: " + what);
      }
      LockSupport.parkNanos(INTERVAL.toNanos());
    }
  }
}
