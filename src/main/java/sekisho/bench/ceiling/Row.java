package sekisho.bench.ceiling;

import java.util.Locale;

/**
 * A line of the result.
 *
 * @param measure what was measured
 * @param figure what was found, in words
 * @param target what was aimed at, in words
 * @param met whether the median reaches the target; null where there is none
 */
record Row(String measure, String figure, String target, Boolean met) {

  /** A figure that must not be below a number. */
  static Row atLeast(double least, String unit, String measure, double found, String figure) {
    return new Row(measure, figure, "≥ " + number(least) + unit, found >= least);
  }

  /** A figure that must not be above a number. */
  static Row atMost(double most, String unit, String measure, double found, String figure) {
    return new Row(measure, figure, "≤ " + number(most) + unit, found <= most);
  }

  /** A remark below a row. */
  static Row remark(String text) {
    return new Row("", text, "", null);
  }

  /** The line, in columns; a remark stands in the column of figures. */
  String text() {
    String verdict = met == null ? "" : met ? "met" : "MISSED";
    String measureText = String.format(Locale.ROOT, "%-58s ", measure);
    return target.isEmpty()
        ? measureText + figure
        : measureText + String.format(Locale.ROOT, "%-56s %-16s %s", figure, target, verdict);
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, "%.2f", value);
  }
}
