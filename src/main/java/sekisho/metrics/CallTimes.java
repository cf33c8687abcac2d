package sekisho.metrics;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * How long calls took, since somebody looked last. Recording is wait-free; one reader at a time.
 */
public final class CallTimes {

  private static final long LONGEST_MICROS = 60_000_000;
  private static final int DIGITS = 2;

  private final Recorder recorder = new Recorder(LONGEST_MICROS, DIGITS);
  private Histogram interval = recorder.getIntervalHistogram();

  /**
   * What was recorded in an interval.
   *
   * @param calls how many calls ended
   * @param p50Micros half of them took no longer, in microseconds
   * @param p99Micros 99 of 100 took no longer
   */
  public record Summary(long calls, long p50Micros, long p99Micros) {}

  /** Records a call that took so many nanoseconds. */
  public void record(long nanos) {
    recorder.recordValue(Math.max(0, Math.min(LONGEST_MICROS, nanos / 1000)));
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
