package sekisho.flush;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The pace of a flush that nobody waits for: it rests as long as it works, until too many rows wait
 * or somebody does. Thread-safe.
 */
public final class BackgroundThrottle implements FlushThrottle {

  private final BooleanSupplier awaited;
  private final long longestRest;
  private volatile long gentleUpTo;

  public BackgroundThrottle(BooleanSupplier awaited, Duration longestRest) {
    this.awaited = awaited;
    this.longestRest = longestRest.toNanos();
  }

  /** Tells how many rows may wait without any hurry. */
  public void gentleUpTo(long waiting) {
    gentleUpTo = waiting;
  }

  /** Ends a rest; to be called when somebody begins to wait. */
  public synchronized void hurry() {
    notifyAll();
  }

  @Override
  public boolean isGentle(long waiting) {
    return waiting <= gentleUpTo && !awaited.getAsBoolean();
  }

  @Override
  public synchronized void rest(long nanos) {
    long end = System.nanoTime() + Math.min(nanos, longestRest);
    try {
      for (long left = end - System.nanoTime();
          left > 0 && !awaited.getAsBoolean();
          left = end - System.nanoTime()) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
