package sekisho.net;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.metrics.Event;
import sekisho.metrics.ServiceMetrics;

/**
 * Notices when one address makes most of the attempts. That is somebody who guesses, or a proxy
 * that is not among the trusted ones, behind which all users are one address and are soon banned
 * together.
 *
 * <p>It is the majority vote of Boyer and Moore: equal attempts add to the candidate's lead, others
 * take from it. A lead of over half of the attempts proves a majority, and one of over three
 * quarters is never missed. For one event loop.
 */
public final class DominantClientDetector {

  /** Attempts that are looked at together. */
  static final int WINDOW = 100;

  private static final Logger LOG = LoggerFactory.getLogger(DominantClientDetector.class);
  private static final long PAUSE_NANOS = Duration.ofMinutes(10).toNanos();

  private final ServiceMetrics metrics;
  private final AtomicLong nextWarning;
  private String candidate = "";
  private int lead;
  private int attempts;

  /**
   * @param nextWarning when the log may be written to again, by {@link System#nanoTime}; shared by
   *     all event loops
   */
  public DominantClientDetector(ServiceMetrics metrics, AtomicLong nextWarning) {
    this.metrics = metrics;
    this.nextWarning = nextWarning;
  }

  /** Takes notice of an attempt's address. */
  public void attempt(String address) {
    if (address.equals(candidate)) {
      lead++;
    } else if (lead == 0) {
      candidate = address;
      lead = 1;
    } else {
      lead--;
    }
    if (++attempts == WINDOW) {
      endWindow();
    }
  }

  private void endWindow() {
    if (lead > WINDOW / 2) {
      metrics.count(Event.MAJORITY);
      warn();
    }
    attempts = 0;
    lead = 0;
  }

  private void warn() {
    long now = System.nanoTime();
    long next = nextWarning.get();
    if (now - next >= 0 && nextWarning.compareAndSet(next, now + PAUSE_NANOS)) {
      LOG.warn(
          "{} makes most of the attempts: if it is a proxy, name it in sekisho.trusted.proxies and let it send"
              + " X-Forwarded-For, or all its users are banned as one",
          candidate);
    }
  }
}
