package sekisho.redis;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sekisho.login.NotServing;

/**
 * Whether an attempt store's attempts get answers, and since when and why not. Written by the
 * store's event loop, read by any thread.
 */
final class StoreHealth {

  /** A heartbeat that is so late shows an event loop that does nothing. */
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(4);

  /**
   * What failed for reasons of our own, or once, is held against readiness for so long after the
   * last time.
   */
  private static final Duration FAILURE_COUNTS = Duration.ofSeconds(10);

  private final long longestBatch;

  /** Why the store is not open; null while it is. */
  private volatile @Nullable NotServing closed =
      new NotServing("Redis: not connected yet", System.nanoTime());

  /** Why the last batch failed; null when it did not. */
  private volatile @Nullable Failure failure;

  /**
   * When the batch under way, or to be sent next, was begun, by {@link System#nanoTime}; 0 for
   * none.
   */
  private volatile long busySince;

  private volatile long lastHeartbeat = System.nanoTime();

  /** Why batches fail, since when they do, and when the last one did. */
  private record Failure(String reason, boolean cannotWrite, long since, long lastAt) {}

  /**
   * @param longestBatch how long a batch may take
   */
  StoreHealth(Duration longestBatch) {
    this.longestBatch = longestBatch.toNanos();
  }

  /** Why attempts get no answers; empty when they do. */
  Optional<NotServing> notServing() {
    NotServing notOpen = closed;
    if (notOpen != null) {
      return Optional.of(notOpen);
    }
    long now = System.nanoTime();
    Failure failed = failure;
    if (failed != null
        && (failed.cannotWrite() || now - failed.lastAt() < FAILURE_COUNTS.toNanos())) {
      return Optional.of(new NotServing(failed.reason(), failed.since()));
    }
    long busy = busySince;
    if (busy != 0 && now - busy > longestBatch) {
      return Optional.of(new NotServing("attempts are not answered", busy));
    }
    long last = lastHeartbeat;
    return now - last > LONGEST_SILENCE.toNanos()
        ? Optional.of(new NotServing("an event loop does not run", last))
        : Optional.empty();
  }

  /** Whether attempts are accepted. */
  boolean isOpen() {
    return closed == null;
  }

  /** Why they are not, for those who try. */
  String reason() {
    NotServing notOpen = closed;
    return notOpen == null ? "Redis is not available" : notOpen.reason();
  }

  void opened() {
    failure = null;
    closed = null;
  }

  void closed(String reason) {
    NotServing before = closed;
    closed = new NotServing(reason, before == null ? System.nanoTime() : before.since());
  }

  void batchBegun() {
    busySince = System.nanoTime();
  }

  void idle() {
    busySince = 0;
  }

  /** How long the batch under way has taken, in nanoseconds. */
  long batchNanos() {
    return System.nanoTime() - busySince;
  }

  void heartbeat() {
    lastHeartbeat = System.nanoTime();
  }

  /**
   * Notes why a batch failed.
   *
   * @param cannotWrite whether it lasts until Redis can write again
   * @return false when that was said already: thousands of attempts may meet the same trouble
   */
  boolean failed(String reason, boolean cannotWrite) {
    Failure before = failure;
    long now = System.nanoTime();
    failure = new Failure(reason, cannotWrite, before == null ? now : before.since(), now);
    return before == null || !before.reason().equals(reason);
  }

  /**
   * Notes that a batch succeeded.
   *
   * @return whether the one before had failed
   */
  boolean succeeded() {
    boolean hadFailed = failure != null;
    if (hadFailed) {
      failure = null;
    }
    return hadFailed;
  }

  /** Whether Redis could not write the last time. */
  boolean cannotWrite() {
    Failure failed = failure;
    return failed != null && failed.cannotWrite();
  }

  /** Whether the last failure says so. */
  boolean failedBecause(String words) {
    Failure failed = failure;
    return failed != null && failed.reason().contains(words);
  }
}
