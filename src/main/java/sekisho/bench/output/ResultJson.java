package sekisho.bench.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import sekisho.bench.contest.ReportCheck;
import sekisho.bench.load.Latency;
import sekisho.bench.load.Monitor.Sample;
import sekisho.bench.load.ProcessMeter;
import sekisho.bench.load.ProcessRole;
import sekisho.bench.load.RequestKind;

/**
 * The whole result as JSON, for programs that compare runs. Times are in seconds, latencies in
 * microseconds.
 */
public final class ResultJson {

  private static final ObjectMapper JSON = new ObjectMapper();

  private ResultJson() {}

  /** Writes a file, over an existing one. */
  public static void write(BenchResult result, Path file) throws IOException {
    Files.write(
        file, JSON.writer(SerializationFeature.INDENT_OUTPUT).writeValueAsBytes(tree(result)));
  }

  /** The same on one line. */
  static String compact(BenchResult result) throws JsonProcessingException {
    return JSON.writeValueAsString(tree(result));
  }

  private static Map<String, Object> tree(BenchResult result) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("passed", result.passed());
    tree.put("score", result.settings().raw() == null ? result.score() : null);
    tree.put("started_at", result.startedAt().toString());
    tree.put("settings", result.settings().toMap());
    tree.put("machine", result.machine());
    tree.put("seconds", result.seconds());
    tree.put("requests", result.requests());
    tree.put("pages", result.pages());
    tree.put("requests_per_second", result.requestsPerSecond());
    tree.put("pages_per_second", result.pagesPerSecond());
    Map<String, Object> failures = new LinkedHashMap<>();
    result
        .failures()
        .forEach(
            (reason, found) ->
                failures.put(
                    reason.name().toLowerCase(Locale.ROOT),
                    map(
                        "text",
                        reason.text(),
                        "critical",
                        reason.isCritical(),
                        "count",
                        found.count(),
                        "samples",
                        found.samples())));
    tree.put("failures", failures);
    tree.put("latencies", result.latencies().stream().map(ResultJson::latency).toList());
    tree.put("processes", result.usages().stream().map(ResultJson::usage).toList());
    tree.put(
        "generator_loop",
        map(
            "running",
            result.loop().running(),
            "waiting",
            result.loop().waiting(),
            "was_the_limit",
            result.loop().limits()));
    tree.put(
        "report",
        result.report() == null
            ? null
            : map(
                "locked_users",
                difference(result.report().locked()),
                "banned_ips",
                difference(result.report().banned())));
    tree.put("timeline", result.samples().stream().map(ResultJson::sample).toList());
    tree.put(
        "phases",
        result.phases().stream()
            .map(
                phase ->
                    map(
                        "name",
                        phase.name(),
                        "seconds",
                        phase.seconds(),
                        "problems",
                        phase.problems()))
            .toList());
    tree.put(
        "ramp",
        result.ramp().stream()
            .map(step -> map("workers", step.workers(), "pages_per_second", step.pagesPerSecond()))
            .toList());
    tree.put("remarks", result.remarks());
    return tree;
  }

  private static Map<String, Object> latency(Latency latency) {
    return map(
        "label",
        latency.label(),
        "count",
        latency.count(),
        "mean",
        latency.mean(),
        "p50",
        latency.p50(),
        "p90",
        latency.p90(),
        "p99",
        latency.p99(),
        "p99.9",
        latency.p999(),
        "max",
        latency.max(),
        "curve",
        latency.curve().stream()
            .map(point -> List.of(point.percentile(), point.micros()))
            .toList());
  }

  private static Map<String, Object> usage(ProcessMeter.Usage usage) {
    return usage.known()
        ? map(
            "role",
            usage.role().label(),
            "pids",
            usage.pids(),
            "cpu_seconds",
            usage.cpuSeconds(),
            "peak_rss_bytes",
            usage.peakBytes())
        : map(
            "role",
            usage.role().label(),
            "pids",
            List.of(),
            "cpu_seconds",
            null,
            "peak_rss_bytes",
            null);
  }

  private static Map<String, Object> difference(ReportCheck.Difference difference) {
    return map(
        "listed",
        difference.listed(),
        "sorted",
        difference.sorted(),
        "missing",
        difference.missing(),
        "extra",
        difference.extra(),
        "repeated",
        difference.repeated(),
        "in_doubt",
        difference.inDoubt());
  }

  private static Map<String, Object> sample(Sample sample) {
    return map(
        "second",
        sample.second(),
        "requests_per_second",
        sample.requestsPerSecond(),
        "failures",
        sample.failures(),
        "p50",
        sample.p50(),
        "p99",
        sample.p99(),
        "routes",
        byName(sample.routes(), RequestKind::label),
        "outcomes",
        byName(sample.outcomes(), outcome -> outcome.name().toLowerCase(Locale.ROOT)),
        "cpu",
        byName(sample.cpu(), ProcessRole::label),
        "queue",
        sample
            .queue()
            .map(queue -> map("length", queue.length(), "flushed", queue.flushed()))
            .orElse(null));
  }

  private static <E> Map<String, Double> byName(Map<E, Double> values, Function<E, String> name) {
    Map<String, Double> named = new LinkedHashMap<>();
    values.forEach((key, value) -> named.put(name.apply(key), value));
    return named;
  }

  private static Map<String, Object> map(Object... namesAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return map;
  }
}
