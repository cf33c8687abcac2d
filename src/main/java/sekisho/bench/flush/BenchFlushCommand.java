package sekisho.bench.flush;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import sekisho.app.Settings;
import sekisho.app.SettingsLoader;
import sekisho.bench.flush.FlushBench.FlushFigures;

/**
 * {@code sekisho bench-flush}: measures how fast the queue moves to MySQL, and how long a report
 * takes.
 */
@Command(
    name = "bench-flush",
    mixinStandardHelpOptions = true,
    description =
        "Measure the flush against LOAD DATA, and the report,"
            + " on a Redis and a MariaDB of their own, whose data are deleted afterwards.")
public final class BenchFlushCommand implements Callable<Integer> {

  private static final Path BUNDLED =
      Path.of(System.getProperty("sekisho.servers.directory", "var/servers"));

  @Option(
      names = "--attempts",
      defaultValue = "${env:ATTEMPTS:-1000000}",
      description =
          "How many attempts to flush (default: ${DEFAULT-VALUE}). Environment: ATTEMPTS.")
  private int attempts;

  @Option(
      names = "--history",
      defaultValue = "${env:HISTORY:-0}",
      description =
          "How long to make the log for one more report; 0 for no longer (default: ${DEFAULT-VALUE}). Environment:"
              + " HISTORY.")
  private long history;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Settings settings = SettingsLoader.load(System.getenv());
    Path directory = settings.dataDirectory().resolve("bench-flush").toAbsolutePath();
    FlushFigures figures =
        FlushBench.run(settings, directory, BUNDLED, attempts, history, this::say);
    say(line("LOAD DATA", figures, figures.load()));
    say(line("flush", figures, figures.flush()));
    say(
        String.format(
            Locale.ROOT,
            "ratio %.2f, peak heap %.0f MiB",
            figures.ratio(),
            figures.peakHeapBytes() / (double) (1 << 20)));
    for (FlushFigures.ReportTime report : figures.reports()) {
      say(
          String.format(
              Locale.ROOT,
              "report after %,d attempts: %.1f ms with nothing new, %.1f ms the first time; %,d addresses, %,d users",
              report.history(),
              report.millis(),
              report.firstMillis(),
              report.addresses(),
              report.users()));
    }
    return 0;
  }

  private static String line(String name, FlushFigures figures, FlushFigures.Run run) {
    return String.format(
        Locale.ROOT,
        "%-10s %,9.0f rows/s   CPU for each: MySQL %.2f µs, Redis %.2f µs, service %.2f µs",
        name,
        figures.rate(run),
        figures.micros(run.mysqlSeconds()),
        figures.micros(run.redisSeconds()),
        figures.micros(run.serviceSeconds()));
  }

  private void say(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }
}
