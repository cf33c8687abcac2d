package sekisho.bench.output;

import java.io.PrintWriter;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import sekisho.bench.contest.ReportCheck;
import sekisho.bench.load.Latency;
import sekisho.bench.load.ProcessMeter;

/** The result as a person reads it on a terminal. */
public final class ResultText {

  private static final int NAMES = 10;

  private final PrintWriter out;

  public ResultText(PrintWriter out) {
    this.out = out;
  }

  public void print(BenchResult result) {
    out.println();
    line("result", result.passed() ? "passed" : "FAILED");
    if (result.settings().raw() == null) {
      line(
          "score",
          result.passed()
              ? format("%,d   (a point for each right page)", result.score())
              : format(
                  "%,d   (%,d right pages, %d off for each failure; 0 after a critical one)",
                  result.score(), result.pages(), BenchResult.DEDUCTION));
    }
    result
        .phases()
        .forEach(
            phase ->
                line(
                    phase.name(),
                    format(
                        "%.1f s%s",
                        phase.seconds(),
                        phase.problems() == 0 ? "" : format(", %,d failures", phase.problems()))));
    line("pages/s", format("%,.0f", result.pagesPerSecond()));
    line(
        "requests/s",
        format(
            "%,.0f   (%,d in %.1f s)",
            result.requestsPerSecond(), result.requests(), result.seconds()));
    result
        .ramp()
        .forEach(
            step ->
                line(
                    step == result.ramp().get(0) ? "ramp" : "",
                    format(
                        "%4d workers %,10.0f pages/s%s",
                        step.workers(),
                        step.pagesPerSecond(),
                        result.best().orElseThrow() == step ? "   best" : "")));
    failures(result);
    latencies(result.latencies());
    usages(result);
    if (result.report() != null) {
      report("locked users", result.report().locked());
      report("banned addresses", result.report().banned());
    }
    result.remarks().forEach(remark -> line("note", remark));
    out.flush();
  }

  private void failures(BenchResult result) {
    line("failures", format("%,d", result.failureCount()));
    result
        .failures()
        .forEach(
            (reason, failures) -> {
              line(
                  "",
                  format(
                      "%,7d  %s%s",
                      failures.count(), reason.text(), reason.isCritical() ? " (critical)" : ""));
              failures.samples().stream()
                  .limit(3)
                  .forEach(sample -> line("", "           " + sample));
            });
  }

  private void latencies(List<Latency> latencies) {
    out.println();
    out.println(
        format(
            "  %-14s %10s %9s %9s %9s %9s %9s %9s",
            "latency (ms)", "count", "mean", "50%", "90%", "99%", "99.9%", "max"));
    for (Latency latency : latencies) {
      out.println(
          format(
              "  %-14s %,10d %9.3f %9.3f %9.3f %9.3f %9.3f %9.3f",
              latency.label(),
              latency.count(),
              latency.mean() / 1e3,
              latency.p50() / 1e3,
              latency.p90() / 1e3,
              latency.p99() / 1e3,
              latency.p999() / 1e3,
              latency.max() / 1e3));
    }
  }

  private void usages(BenchResult result) {
    out.println();
    out.println(
        format(
            "  %-14s %10s %14s %14s   %s",
            "process", "CPU s", "us/request", "peak RSS MiB", "pid"));
    for (ProcessMeter.Usage usage : result.usages()) {
      out.println(
          usage.known()
              ? format(
                  "  %-14s %10.2f %14.1f %14.0f   %s",
                  usage.role().label(),
                  usage.cpuSeconds(),
                  usage.cpuSeconds() * 1e6 / Math.max(1, result.requests()),
                  usage.peakBytes() / 1048576.0,
                  usage.pids().stream().map(String::valueOf).collect(Collectors.joining(" ")))
              : format("  %-14s %10s", usage.role().label(), "unknown"));
    }
    out.println(
        format(
            "  %-14s %.0f %% running, %.0f %% waiting for a CPU",
            "generator loop", result.loop().running() * 100, result.loop().waiting() * 100));
    out.println();
  }

  private void report(String list, ReportCheck.Difference difference) {
    line(
        "report",
        format(
            "%,d %s: %s",
            difference.listed(),
            list,
            difference.agrees()
                ? "as expected"
                : format(
                    "%,d missing, %,d extra, %,d repeated",
                    difference.missing().size(),
                    difference.extra().size(),
                    difference.repeated().size())));
    names("missing", difference.missing());
    names("extra", difference.extra());
    names("repeated", difference.repeated());
    names("in doubt, since an answer was cut off", difference.inDoubt());
  }

  private void names(String what, Collection<String> names) {
    if (!names.isEmpty()) {
      line(
          "",
          what
              + ": "
              + names.stream().limit(NAMES).collect(Collectors.joining(", "))
              + (names.size() > NAMES
                  ? format(" and %,d more (all in --json)", names.size() - NAMES)
                  : ""));
    }
  }

  private void line(String name, String value) {
    out.println(format("  %-14s %s", name, value));
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
