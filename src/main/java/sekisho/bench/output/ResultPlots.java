package sekisho.bench.output;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import sekisho.bench.client.HtmlText;
import sekisho.bench.load.Latency;
import sekisho.bench.load.Monitor.Sample;
import sekisho.bench.load.ProcessMeter;
import sekisho.bench.load.RequestKind;

/** The plots of the HTML report. */
final class ResultPlots {

  private static final int DECADES = 4;
  private static final Set<String> PLOTTED =
      Set.of(RequestKind.TOP.label(), RequestKind.LOGIN.label(), RequestKind.MEMBER.label());

  private final BenchResult result;

  ResultPlots(BenchResult result) {
    this.result = result;
  }

  /** Requests per second over time; a dot marks a second with failures. */
  String throughput() {
    List<Double> rates = result.samples().stream().map(Sample::requestsPerSecond).toList();
    double most = rates.stream().mapToDouble(Double::doubleValue).max().orElse(1);
    Chart chart = new Chart(seconds(), Scales.linear("requests/s", most));
    chart
        .band(steps(rates), steps(rates.stream().map(rate -> 0.0).toList()), "c0")
        .line(steps(rates), "c0");
    for (Sample sample : result.samples()) {
      if (sample.failures() > 0) {
        chart.dot(
            new Chart.Point(sample.second() - 0.5, sample.requestsPerSecond()),
            "bad",
            String.format(
                Locale.ROOT,
                "%,d failures in the second before %.0f s",
                sample.failures(),
                sample.second()));
      }
    }
    return figure(chart.svg("Requests per second over time"), "");
  }

  /** Latency by percentile, a line for each kind of request. */
  String latency() {
    long least = Long.MAX_VALUE;
    long most = 1;
    List<Latency> plotted =
        result.latencies().stream()
            .filter(latency -> PLOTTED.contains(latency.label()) && latency.count() > 0)
            .toList();
    for (Latency latency : plotted) {
      for (Latency.Point point : latency.curve()) {
        least = Math.min(least, Math.max(1, point.micros()));
        most = Math.max(most, point.micros());
      }
    }
    Chart chart =
        new Chart(
            Scales.percentiles("share of requests answered within the time", DECADES),
            Scales.logarithmic("ms", Math.min(least, most) / 1e3, most / 1e3));
    StringBuilder legend = new StringBuilder();
    int colour = 0;
    for (Latency latency : plotted) {
      chart.line(
          latency.curve().stream()
              .map(point -> new Chart.Point(point.percentile(), Math.max(1, point.micros()) / 1e3))
              .toList(),
          "c" + colour);
      legend.append(key(colour++, latency.label()));
    }
    return figure(chart.svg("Latency by percentile"), legend.toString());
  }

  /** One bar: how the CPU time of all known processes divides. */
  String cpuSplit() {
    double total =
        result.usages().stream()
            .filter(ProcessMeter.Usage::known)
            .mapToDouble(ProcessMeter.Usage::cpuSeconds)
            .sum();
    StringBuilder bar = new StringBuilder();
    for (ProcessMeter.Usage usage : result.usages()) {
      if (usage.known() && usage.cpuSeconds() > 0) {
        double share = 100 * usage.cpuSeconds() / total;
        String text = usage.role().label() + String.format(Locale.ROOT, " %.0f %%", share);
        bar.append(
            String.format(
                Locale.ROOT,
                "<span class=\"fill c%d\" style=\"width:%.2f%%\" title=\"%s\">%s</span>",
                usage.role().ordinal(),
                share,
                HtmlText.escape(text),
                share >= 8 ? HtmlText.escape(text) : ""));
      }
    }
    return "<div class=\"bar\" role=\"img\" aria-label=\"Share of CPU time\">" + bar + "</div>";
  }

  /** CPUs in use over time, the roles stacked. */
  String cpuOverTime() {
    List<Sample> samples = result.samples();
    double most =
        samples.stream()
            .mapToDouble(
                sample -> sample.cpu().values().stream().mapToDouble(Double::doubleValue).sum())
            .max()
            .orElse(1);
    Chart chart = new Chart(seconds(), Scales.linear("CPUs in use", Math.max(1, most)));
    StringBuilder legend = new StringBuilder();
    List<Double> lower = samples.stream().map(sample -> 0.0).toList();
    for (ProcessMeter.Usage usage : result.usages()) {
      if (!usage.known()) {
        continue;
      }
      List<Double> upper = new ArrayList<>();
      for (int i = 0; i < samples.size(); i++) {
        upper.add(lower.get(i) + samples.get(i).cpu().getOrDefault(usage.role(), 0.0));
      }
      chart.band(steps(upper), steps(lower), "stacked c" + usage.role().ordinal());
      legend.append(key(usage.role().ordinal(), usage.role().label()));
      lower = upper;
    }
    return figure(chart.svg("CPUs in use over time"), legend.toString());
  }

  private Chart.Scale seconds() {
    return Scales.exact("seconds", result.seconds());
  }

  /** A value holds for the whole time since the sample before it. */
  private List<Chart.Point> steps(List<Double> values) {
    List<Chart.Point> points = new ArrayList<>();
    double from = 0;
    for (int i = 0; i < values.size(); i++) {
      double to = result.samples().get(i).second();
      points.add(new Chart.Point(from, values.get(i)));
      points.add(new Chart.Point(to, values.get(i)));
      from = to;
    }
    return points;
  }

  private static String key(int colour, String label) {
    return "<span class=\"key\"><i class=\"fill c"
        + colour
        + "\"></i>"
        + HtmlText.escape(label)
        + "</span>";
  }

  private static String figure(String svg, String legend) {
    return "<figure>"
        + svg
        + (legend.isEmpty() ? "" : "<figcaption>" + legend + "</figcaption>")
        + "</figure>";
  }
}
