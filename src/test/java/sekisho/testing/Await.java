package sekisho.testing;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits for a condition, for tests. */
public final class Await {

  private static final long PAUSE_MILLIS = 10;

  private Await() {
  }

  /**
   * Waits until the condition holds.
   *
   * @param what names it in the error
   * @param limit how long to wait
   * @param condition asked again and again; what it throws ends the wait
   * @throws IllegalStateException when it does not hold in time
   */
  public static void until(String what, Duration limit, BooleanSupplier condition) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("not within " + limit.toSeconds() + " s: " + what);
      }
      try {
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }
}
