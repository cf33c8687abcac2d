package sekisho.bench.load;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * Latencies of one kind of request, in microseconds, to three digits.
 *
 * @param label what was timed
 * @param count how many
 * @param curve the latency at rising percentiles, for plotting
 * @param histogram all of them, not to be changed
 */
public record Latency(
    String label,
    long count,
    double mean,
    long p50,
    long p90,
    long p99,
    long p999,
    long max,
    List<Point> curve,
    Histogram histogram) {

  private static final int POINTS_PER_DECADE = 12;
  private static final int DECADES = 4;

  /** Reads a histogram of microseconds. */
  public static Latency of(String label, Histogram histogram) {
    List<Point> curve = new ArrayList<>();
    long count = histogram.getTotalCount();
    for (int i = 0; i <= POINTS_PER_DECADE * DECADES; i++) {
      double share = Math.pow(10, -(double) i / POINTS_PER_DECADE);
      // Beyond one request in the remaining share the curve would only repeat the maximum.
      if (count > 0 && share * count >= 1) {
        double percentile = 100 * (1 - share);
        curve.add(new Point(percentile, histogram.getValueAtPercentile(percentile)));
      }
    }
    return new Latency(
        label,
        count,
        histogram.getMean(),
        histogram.getValueAtPercentile(50),
        histogram.getValueAtPercentile(90),
        histogram.getValueAtPercentile(99),
        histogram.getValueAtPercentile(99.9),
        histogram.getMaxValue(),
        curve,
        histogram);
  }

  /**
   * A point of the curve.
   *
   * @param percentile 0 up to below 100
   * @param micros that share of the requests took at most so long
   */
  public record Point(double percentile, long micros) {}
}
