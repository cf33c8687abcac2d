package sekisho.metrics;

import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.Collector;
import java.util.List;
import org.HdrHistogram.Recorder;

/**
 * How long calls that decide attempts took, and how many attempts each decided: in all, for
 * Prometheus, and since somebody looked last, for the live view. Recording is wait-free; one reader
 * at a time.
 */
public final class CallTimes {

  private static final long LONGEST_MICROS = 60_000_000;
  private static final int DIGITS = 2;

  private final Histogram seconds =
      Histogram.builder()
          .name("sekisho_store_call_duration_seconds")
          .help("Time of a call to Redis that decides attempts")
          .classicOnly()
          .withoutExemplars()
          .classicUpperBounds(ServiceMetrics.SECONDS)
          .build();
  private final Histogram attempts =
      Histogram.builder()
          .name("sekisho_store_call_attempts")
          .help("Attempts that one call to Redis decides")
          .classicOnly()
          .withoutExemplars()
          .classicUpperBounds(1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
          .build();
  private final Recorder recorder = new Recorder(LONGEST_MICROS, DIGITS);
  private org.HdrHistogram.Histogram interval = recorder.getIntervalHistogram();

  /**
   * What was recorded in an interval.
   *
   * @param calls how many calls ended
   * @param p50Micros half of them took no longer, in microseconds
   * @param p99Micros 99 of 100 took no longer
   */
  public record Summary(long calls, long p50Micros, long p99Micros) {}

  /**
   * Records a call.
   *
   * @param nanos how long it took
   * @param decided how many attempts it was asked to decide
   */
  public void record(long nanos, int decided) {
    seconds.observe(nanos / 1e9);
    attempts.observe(decided);
    recorder.recordValue(Math.max(0, Math.min(LONGEST_MICROS, nanos / 1000)));
  }

  /** What Prometheus is shown. */
  public List<Collector> collectors() {
    return List.of(seconds, attempts);
  }

  /** What was recorded since the last call of this method. */
  public synchronized Summary sinceLast() {
    interval = recorder.getIntervalHistogram(interval);
    return new Summary(
        interval.getTotalCount(),
        interval.getValueAtPercentile(50),
        interval.getValueAtPercentile(99));
  }
}
