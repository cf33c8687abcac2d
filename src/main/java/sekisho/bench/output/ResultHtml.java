package sekisho.bench.output;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import sekisho.bench.client.HtmlText;
import sekisho.bench.contest.ReportCheck;
import sekisho.bench.load.Latency;
import sekisho.bench.load.ProcessMeter;

/**
 * The result as one HTML file that needs nothing else: no script, no network, light and dark, fit
 * for printing.
 */
public final class ResultHtml {

  private static final int NAMES = 50;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss xxx");

  private final BenchResult result;
  private final StringBuilder html = new StringBuilder();

  private ResultHtml(BenchResult result) {
    this.result = result;
  }

  /** Writes a file, over an existing one. */
  public static void write(BenchResult result, Path file) throws IOException {
    Files.writeString(file, new ResultHtml(result).page());
  }

  private String page() {
    String title = "Sekisho bench: " + result.settings().title();
    html.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
        .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>")
        .append(HtmlText.escape(title))
        .append("</title><style>")
        .append(style())
        .append("</style></head><body><main>");
    head();
    tiles();
    failures();
    ResultPlots plots = new ResultPlots(result);
    section("Throughput", plots.throughput());
    section("Latency", plots.latency());
    latencyTable();
    section("CPU", plots.cpuSplit() + plots.cpuOverTime());
    processTable();
    report();
    list("Notes", result.remarks());
    settings();
    return html.append("</main></body></html>\n").toString();
  }

  private void head() {
    String time = TIME.format(result.startedAt().atZone(ZoneId.systemDefault()));
    html.append("<header><p class=\"verdict ")
        .append(result.passed() ? "passed" : "failed")
        .append("\">")
        .append(result.passed() ? "passed" : "failed")
        .append("</p><h1>Sekisho bench</h1><p class=\"what\">")
        .append(
            HtmlText.escape(
                result.settings().title() + " against " + result.settings().target() + ", " + time))
        .append("</p></header>");
  }

  private void tiles() {
    html.append("<div class=\"tiles\">");
    if (result.settings().raw() == null) {
      tile("score", format("%,d", result.score()));
    }
    tile("pages/s", format("%,.0f", result.pagesPerSecond()));
    tile("requests/s", format("%,.0f", result.requestsPerSecond()));
    tile("99% within", format("%.2f ms", result.latencies().get(0).p99() / 1e3));
    tile("failures", format("%,d", result.failureCount()));
    html.append("</div>");
  }

  private void tile(String name, String value) {
    html.append("<div class=\"tile\"><b>")
        .append(HtmlText.escape(value))
        .append("</b><span>")
        .append(HtmlText.escape(name))
        .append("</span></div>");
  }

  private void failures() {
    if (result.passed()) {
      return;
    }
    StringBuilder rows = new StringBuilder();
    result
        .failures()
        .forEach(
            (reason, found) ->
                rows.append(
                    row(
                        reason.text(),
                        format("%,d", found.count()),
                        String.join("\n", found.samples()))));
    section(
        "What was wrong",
        table(List.of("reason", "count", "first samples"), rows.toString(), "failures"));
  }

  private void latencyTable() {
    StringBuilder rows = new StringBuilder();
    for (Latency latency : result.latencies()) {
      rows.append(
          row(
              latency.label(),
              format("%,d", latency.count()),
              millis(latency.mean()),
              millis(latency.p50()),
              millis(latency.p90()),
              millis(latency.p99()),
              millis(latency.p999()),
              millis(latency.max())));
    }
    html.append(
        table(
            List.of("ms", "count", "mean", "50%", "90%", "99%", "99.9%", "max"),
            rows.toString(),
            "numbers"));
  }

  private void processTable() {
    StringBuilder rows = new StringBuilder();
    for (ProcessMeter.Usage usage : result.usages()) {
      rows.append(
          usage.known()
              ? row(
                  usage.role().label(),
                  format("%.2f", usage.cpuSeconds()),
                  format("%.1f", usage.cpuSeconds() * 1e6 / Math.max(1, result.requests())),
                  format("%,.0f", usage.peakBytes() / 1048576.0))
              : row(usage.role().label(), "unknown", "", ""));
    }
    rows.append(
        row(
            "generator's event loop",
            format("%.0f %% running", result.loop().running() * 100),
            format("%.0f %% waiting for a CPU", result.loop().waiting() * 100),
            ""));
    html.append(
        table(
            List.of("process", "CPU s", "CPU µs per request", "peak RSS MiB"),
            rows.toString(),
            "numbers"));
  }

  private void report() {
    if (result.report() == null) {
      return;
    }
    section(
        "Report",
        table(
            List.of("list", "listed", "missing", "extra", "repeated", "in doubt"),
            difference("locked users", result.report().locked())
                + difference("banned addresses", result.report().banned()),
            "failures"));
  }

  private static String difference(String list, ReportCheck.Difference difference) {
    return row(
        list,
        format("%,d", difference.listed()),
        names(difference.missing()),
        names(difference.extra()),
        names(difference.repeated()),
        names(difference.inDoubt()));
  }

  private static String names(Collection<String> names) {
    String shown = names.stream().limit(NAMES).collect(Collectors.joining(", "));
    return names.isEmpty()
        ? "none"
        : format("%,d: ", names.size()) + shown + (names.size() > NAMES ? ", …" : "");
  }

  private void list(String title, List<String> lines) {
    if (!lines.isEmpty()) {
      section(
          title,
          lines.stream()
              .map(line -> "<li>" + HtmlText.escape(line) + "</li>")
              .collect(Collectors.joining("", "<ul>", "</ul>")));
    }
  }

  private void settings() {
    StringBuilder rows = new StringBuilder();
    result
        .settings()
        .toMap()
        .forEach((name, value) -> rows.append(row(name, String.valueOf(value))));
    section("Settings", table(List.of("setting", "value"), rows.toString(), "settings"));
  }

  private void section(String title, String content) {
    html.append("<h2>").append(HtmlText.escape(title)).append("</h2>").append(content);
  }

  private static String table(List<String> columns, String rows, String style) {
    return columns.stream()
            .map(column -> "<th scope=\"col\">" + HtmlText.escape(column) + "</th>")
            .collect(
                Collectors.joining(
                    "",
                    "<div class=\"scroll\"><table class=\"" + style + "\"><thead><tr>",
                    "</tr></thead><tbody>"))
        + rows
        + "</tbody></table></div>";
  }

  private static String row(String name, String... values) {
    StringBuilder row =
        new StringBuilder("<tr><th scope=\"row\">").append(HtmlText.escape(name)).append("</th>");
    for (String value : values) {
      row.append("<td>").append(HtmlText.escape(value)).append("</td>");
    }
    return row.append("</tr>").toString();
  }

  private static String millis(double micros) {
    return format("%,.3f", micros / 1e3);
  }

  private static String style() {
    try (InputStream css = ResultHtml.class.getResourceAsStream("result.css")) {
      return new String(css.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
