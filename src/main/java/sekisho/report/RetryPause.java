package sekisho.report;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Lets one piece of work run at a time, and not again right after it failed. For work that is asked for thousands of times a
 * second. Thread-safe.
 */
public final class RetryPause {

  private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

  private final AtomicBoolean running = new AtomicBoolean();
  private volatile boolean failed;
  private volatile long failedAt;

  /**
   * Asks whether to begin; if so, {@link #end} must follow.
   *
   * @return false while the work runs, and for a second after it failed
   */
  public boolean begin() {
    if (failed && System.nanoTime() - failedAt < PAUSE_NANOS) {
      return false;
    }
    return running.compareAndSet(false, true);
  }

  /**
   * Tells how the work ended.
   *
   * @param succeeded whether it did what it should
   */
  public void end(boolean succeeded) {
    failedAt = System.nanoTime();
    failed = !succeeded;
    running.set(false);
  }
}
