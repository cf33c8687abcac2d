package sekisho.flush;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Lets one piece of work run at a time, and not again right after it failed. For work that is asked
 * for thousands of times a second. Thread-safe.
 */
public final class Cooldown {

  private static final Duration FIRST = Duration.ofSeconds(1);

  private final long longestNanos;
  private final AtomicBoolean running = new AtomicBoolean();
  private volatile boolean failed;
  private volatile long failedAt;
  private volatile long pauseNanos = FIRST.toNanos();

  /** Makes one that pauses for a second after each failure. */
  public Cooldown() {
    this(FIRST);
  }

  /**
   * Makes one that pauses for a second after the first failure, and twice as long after each
   * further one in a row.
   *
   * @param longest the longest pause, at least a second
   */
  public Cooldown(Duration longest) {
    this.longestNanos = longest.toNanos();
  }

  /**
   * Asks whether to begin; if so, {@link #end} must follow.
   *
   * @return false while the work runs, and for a while after it failed
   */
  public boolean begin() {
    if (failed && System.nanoTime() - failedAt < pauseNanos) {
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
    pauseNanos = failed && !succeeded ? Math.min(longestNanos, 2 * pauseNanos) : FIRST.toNanos();
    failedAt = System.nanoTime();
    failed = !succeeded;
    running.set(false);
  }
}
