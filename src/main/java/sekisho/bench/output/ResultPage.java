package sekisho.bench.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import sekisho.bench.contest.ReportCheck;
import sekisho.bench.load.Monitor.Sample;
import sekisho.bench.load.Target;

/**
 * The result as one HTML file that needs nothing else. The tables are in the template; the plots
 * are drawn by uPlot, a small library, from the JSON of the result.
 */
public final class ResultPage {

  private static final int NAMES = 50;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss xxx");
  private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/dist/uPlot.";

  private final BenchResult result;

  private ResultPage(BenchResult result) {
    this.result = result;
  }

  /** Writes a file, over an existing one. */
  public static void write(BenchResult result, Path file) throws IOException {
    StringOutput html = new StringOutput();
    TemplateEngine.createPrecompiled(null, ContentType.Html, null, "sekisho.bench.output.template")
        .render("result.jte", Map.of("page", new ResultPage(result), "result", result), html);
    Files.writeString(file, html.toString());
  }

  /**
   * A row of a table.
   *
   * @param name its first cell
   * @param cells the others
   */
  public record Row(String name, List<String> cells) {
    private static Row of(String name, String... cells) {
      return new Row(name, List.of(cells));
    }
  }

  public String title() {
    return result.settings().title();
  }

  public String target() {
    return result.settings().targets().stream()
        .map(Target::toString)
        .collect(Collectors.joining(", "));
  }

  public String time() {
    return TIME.format(result.startedAt().atZone(ZoneId.systemDefault()));
  }

  public String verdict() {
    return result.passed() ? "passed" : "failed";
  }

  public boolean isContest() {
    return result.settings().raw() == null;
  }

  /** Requests a second that raw mode was to make; 0 for as many as go. */
  public double wantedRate() {
    return result.settings().rate();
  }

  /** Whether the service told of its queue. */
  public boolean hasQueue() {
    return result.samples().stream().map(Sample::queue).anyMatch(queue -> queue.isPresent());
  }

  public List<String> columns(String... names) {
    return List.of(names);
  }

  public List<Row> tiles() {
    List<Row> tiles = new ArrayList<>();
    if (isContest()) {
      tiles.add(Row.of("score", number(result.score())));
    }
    tiles.add(Row.of("pages/s", number(result.pagesPerSecond())));
    tiles.add(Row.of("requests/s", number(result.requestsPerSecond())));
    tiles.add(Row.of("99% within", format("%.2f ms", result.latencies().get(0).p99() / 1e3)));
    tiles.add(Row.of("failures", number(result.failureCount())));
    return tiles;
  }

  public List<Row> failures() {
    return result.failures().entrySet().stream()
        .map(
            entry ->
                Row.of(
                    entry.getKey().text() + (entry.getKey().isCritical() ? " (critical)" : ""),
                    number(entry.getValue().count()),
                    String.join("\n", entry.getValue().samples())))
        .toList();
  }

  public List<Row> phases() {
    return result.phases().stream()
        .map(
            phase ->
                Row.of(phase.name(), format("%.1f", phase.seconds()), number(phase.problems())))
        .toList();
  }

  public List<Row> ramp() {
    BenchResult.RampStep best = result.best().orElse(null);
    return result.ramp().stream()
        .map(
            step ->
                Row.of(
                    number(step.workers()),
                    number(step.pagesPerSecond()),
                    step == best ? "best" : ""))
        .toList();
  }

  public List<Row> latencies() {
    return result.latencies().stream()
        .map(
            latency ->
                Row.of(
                    latency.label(),
                    number(latency.count()),
                    millis(latency.mean()),
                    millis(latency.p50()),
                    millis(latency.p90()),
                    millis(latency.p99()),
                    millis(latency.p999()),
                    millis(latency.max())))
        .toList();
  }

  public List<Row> processes() {
    return result.usages().stream()
        .map(
            usage ->
                usage.known()
                    ? Row.of(
                        usage.role().label(),
                        format("%.2f", usage.cpuSeconds()),
                        format("%.1f", usage.cpuSeconds() * 1e6 / Math.max(1, result.requests())),
                        format("%,.0f", usage.peakBytes() / 1048576.0))
                    : Row.of(usage.role().label(), "unknown", "", ""))
        .toList();
  }

  public String generatorLoop() {
    return format(
        "The generator's event loop was running for %.0f %% of the time, and waited for a processor for %.0f %%.",
        result.loop().running() * 100, result.loop().waiting() * 100);
  }

  public List<Row> report() {
    ReportCheck report = Objects.requireNonNull(result.report());
    return List.of(
        difference("locked users", report.locked()),
        difference("banned addresses", report.banned()));
  }

  public List<Row> settings() {
    return Stream.of(result.settings().toMap(), result.machine())
        .flatMap(map -> map.entrySet().stream())
        .map(entry -> Row.of(entry.getKey(), String.valueOf(entry.getValue())))
        .toList();
  }

  /** The whole result, fit to stand between script tags. */
  public String json() {
    try {
      return ResultJson.compact(result).replace("<", "\\u003c");
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String plotLibrary() {
    return resource(UPLOT + "iife.min.js");
  }

  public String plotStyle() {
    return resource(UPLOT + "min.css");
  }

  /** A text from the jar. */
  public String resource(String name) {
    try (InputStream in = ResultPage.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Row difference(String list, ReportCheck.Difference difference) {
    return Row.of(
        list,
        number(difference.listed()),
        names(difference.missing()),
        names(difference.extra()),
        names(difference.repeated()),
        names(difference.inDoubt()));
  }

  private static String names(Collection<String> names) {
    String shown = names.stream().limit(NAMES).collect(Collectors.joining(", "));
    return names.isEmpty()
        ? "none"
        : number(names.size()) + ": " + shown + (names.size() > NAMES ? ", …" : "");
  }

  private static String millis(double micros) {
    return format("%,.3f", micros / 1e3);
  }

  private static String number(double value) {
    return format("%,.0f", value);
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
