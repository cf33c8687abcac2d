package sekisho.bench.output;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;

/** The axes that the report's plots need. */
final class Scales {

  private static final int STEPS = 5;

  private Scales() {}

  /** From 0 to at least {@code most}, ending at a round label. */
  static Chart.Scale linear(String title, double most) {
    double step = step(most);
    double end = Math.max(step, Math.ceil(most / step - 1e-9) * step);
    return scale(title, linearTicks(step, end), value -> value / end);
  }

  /** From 0 to exactly {@code end}, with round labels. */
  static Chart.Scale exact(String title, double end) {
    return scale(title, linearTicks(step(end), end), value -> value / Math.max(end, 1e-9));
  }

  private static double step(double most) {
    double raw = Math.max(most, 1e-9) / STEPS;
    double magnitude = Math.pow(10, Math.floor(Math.log10(raw)));
    double fraction = raw / magnitude;
    return magnitude
        * (fraction <= 1 ? 1 : fraction <= 2 ? 2 : fraction <= 2.5 ? 2.5 : fraction <= 5 ? 5 : 10);
  }

  private static List<Chart.Tick> linearTicks(double step, double end) {
    List<Chart.Tick> ticks = new ArrayList<>();
    for (int i = 0; i * step <= end + step * 1e-9; i++) {
      ticks.add(new Chart.Tick(i * step, number(i * step)));
    }
    return ticks;
  }

  /** Powers of ten that hold all values from {@code least} to {@code most}, both more than 0. */
  static Chart.Scale logarithmic(String title, double least, double most) {
    double from = Math.floor(Math.log10(least));
    double to = Math.max(from + 1, Math.ceil(Math.log10(most)));
    List<Chart.Tick> ticks = new ArrayList<>();
    for (double power = from; power <= to; power++) {
      ticks.add(new Chart.Tick(Math.pow(10, power), number(Math.pow(10, power))));
    }
    return scale(title, ticks, value -> (Math.log10(value) - from) / (to - from));
  }

  /**
   * Percentiles from 0 on, the rest to 100 % shrinking tenfold with each of so many equal steps.
   */
  static Chart.Scale percentiles(String title, int decades) {
    List<Chart.Tick> ticks = new ArrayList<>();
    ticks.add(new Chart.Tick(0, "0 %"));
    ticks.add(new Chart.Tick(50, "50 %"));
    for (int decade = 1; decade <= decades; decade++) {
      double percentile = 100 - Math.pow(10, 2 - decade);
      ticks.add(new Chart.Tick(percentile, number(percentile) + " %"));
    }
    return scale(title, ticks, value -> -Math.log10(Math.max(1 - value / 100, 1e-12)) / decades);
  }

  private static String number(double value) {
    String text = String.format(Locale.ROOT, "%,.4f", value);
    return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
  }

  private static Chart.Scale scale(
      String title, List<Chart.Tick> ticks, DoubleUnaryOperator place) {
    return new Chart.Scale() {
      @Override
      public double place(double value) {
        return place.applyAsDouble(value);
      }

      @Override
      public List<Chart.Tick> ticks() {
        return ticks;
      }

      @Override
      public String title() {
        return title;
      }
    };
  }
}
