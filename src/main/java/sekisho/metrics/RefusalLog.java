package sekisho.metrics;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs what was refused: for each reason a line at most once a minute, with the number since the
 * line before. It reads the counters from time to time, so that a refusal itself costs no more than
 * its counter. Not thread-safe.
 */
public final class RefusalLog {

  private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);
  private static final long PAUSE_NANOS = Duration.ofMinutes(1).toNanos();

  private final ServiceMetrics metrics;
  private final Map<Refusal, Line> lines = new EnumMap<>(Refusal.class);

  /** What the newest line of a reason said, and when. */
  private record Line(long total, long nanos) {}

  public RefusalLog(ServiceMetrics metrics) {
    this.metrics = metrics;
  }

  /**
   * Logs the reasons that have something new and had no line within the last minute. To be called
   * about once a second.
   *
   * @param now the time by {@link System#nanoTime}
   */
  public void write(long now) {
    for (Refusal reason : Refusal.values()) {
      long total = metrics.total(reason);
      Line last = lines.get(reason);
      if (total > (last == null ? 0 : last.total())
          && (last == null || now - last.nanos() >= PAUSE_NANOS)) {
        LOG.warn(
            "{}: {} since the last such line (sekisho_refused_total, reason {})",
            words(reason),
            total - (last == null ? 0 : last.total()),
            reason.label());
        lines.put(reason, new Line(total, now));
      }
    }
  }

  private static String words(Refusal reason) {
    return switch (reason) {
      case CONNECTIONS_PER_ADDRESS ->
          "connections closed, over sekisho.http.connections-per-address";
      case CONNECTIONS_TOTAL -> "connections answered with 503, over sekisho.http.max-connections";
      case EVICTED ->
          "idle connections closed to make room for new ones, at sekisho.http.max-connections";
      case MANAGEMENT -> "connections and requests refused on the management port";
      case SLOW_READER -> "connections closed of clients that do not read their answers";
      case PROXY_HEADER -> "connections closed without a PROXY header to be believed";
      default -> "requests refused";
    };
  }
}
