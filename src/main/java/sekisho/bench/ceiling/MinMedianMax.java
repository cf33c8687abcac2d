package sekisho.bench.ceiling;

import java.util.Arrays;
import java.util.Locale;

/**
 * What several rounds of one measurement found.
 *
 * @param median of the rounds
 * @param lowest of the rounds
 * @param highest of the rounds
 */
record MinMedianMax(double median, double lowest, double highest) {

  /** Of the values, at least one. */
  static MinMedianMax of(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new MinMedianMax(median, sorted[0], sorted[sorted.length - 1]);
  }

  /** Of the ratios round by round, so that a drift of the machine's speed does not count. */
  static MinMedianMax ofRatios(double[] values, double[] others) {
    double[] ratios = new double[Math.min(values.length, others.length)];
    Arrays.setAll(ratios, i -> values[i] / others[i]);
    return of(ratios);
  }

  /** Median and range, with the given format for each number, such as {@code %.2f}. */
  String text(String format) {
    return String.format(
        Locale.ROOT, format + " (" + format + "–" + format + ")", median, lowest, highest);
  }
}
