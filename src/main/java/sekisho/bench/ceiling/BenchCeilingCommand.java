package sekisho.bench.ceiling;

import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import sekisho.app.Settings;
import sekisho.app.SettingsLoader;
import sekisho.app.StartException;

/**
 * {@code sekisho bench-ceiling}: measures the service in turn with its {@linkplain CeilingCommand
 * ceiling}, and prints each figure beside its target. Puts the local stores back to the seeded
 * state, before and after.
 */
@Command(
    name = "bench-ceiling",
    mixinStandardHelpOptions = true,
    description = {
      "Measure the service against a bare server without stores, in turn, and print each figure beside its target:"
          + " median and range of the rounds. With default options it takes about five minutes.",
      "It uses the local stores, and puts them back to the seeded state before and after."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:measured, whether the targets were met or not",
      "1:it could not be measured, or answers were wrong"
    })
public final class BenchCeilingCommand implements Callable<Integer> {

  @Option(
      names = "--only",
      paramLabel = "PART",
      split = ",",
      converter = Part.Converter.class,
      description =
          "Parts to measure: top (GET /), fail (failing logins), login (right logins and their member page), latency,"
              + " memory, start, init (default: all).")
  private List<Part> only = List.of(Part.values());

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "${env:ROUNDS:-3}",
      description = "How often each is measured (default: ${DEFAULT-VALUE}). Environment: ROUNDS.")
  private int rounds;

  @Option(
      names = "--duration",
      paramLabel = "SECONDS",
      defaultValue = "${env:DURATION:-4}",
      description =
          "Seconds of each measurement under load (default: ${DEFAULT-VALUE}). Environment: DURATION.")
  private double duration;

  @Option(
      names = "--java-options",
      paramLabel = "OPTIONS",
      split = " ",
      description = "Options of all Java machines (default: those of this one).")
  private List<String> javaOptions = ManagementFactory.getRuntimeMXBean().getInputArguments();

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "18080",
      description =
          "The first of ten ports that are used on 127.0.0.1 (default: ${DEFAULT-VALUE}).")
  private int port;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    require(rounds >= 1 && rounds <= 100, "--rounds must be from 1 to 100");
    require(
        duration > 0 && duration <= 3_600,
        "--duration must be more than 0 and at most 3600 seconds");
    require(port >= 1 && port <= 65_525, "--port must be from 1 to 65525");
    Settings settings = SettingsLoader.load(System.getenv());
    if (settings.redis().url().isPresent() || settings.mysql().url().isPresent()) {
      throw new StartException(
          "bench-ceiling empties the stores that it measures with, so it takes only local ones:"
              + " unset sekisho.redis.url and sekisho.mysql.url");
    }
    try (BenchEnvironment environment = new BenchEnvironment(javaOptions, port)) {
      say(
          String.format(
              Locale.ROOT,
              "Java %s %s, %d cores; %d rounds of %.0f s, 64 connections; median (lowest–highest)",
              System.getProperty("java.version"),
              String.join(" ", javaOptions),
              Runtime.getRuntime().availableProcessors(),
              rounds,
              duration));
      environment.init();
      return measure(environment, settings) ? 0 : 1;
    }
  }

  private boolean measure(BenchEnvironment environment, Settings settings)
      throws IOException, InterruptedException {
    Set<Part> parts = EnumSet.copyOf(only);
    LoadRows load =
        new LoadRows(
            environment,
            new Generator(environment.file("result.json"), duration),
            rounds,
            this::print);
    StartRows start = new StartRows(environment, settings.dataDirectory(), rounds, this::print);
    for (Part part : parts) {
      switch (part) {
        case TOP -> load.top();
        case FAIL -> load.fail();
        case LOGIN -> load.login();
        case LATENCY -> load.latency();
        case MEMORY -> load.memory();
        case START -> start.start();
        case INIT -> {}
      }
    }
    environment.init();
    if (parts.contains(Part.INIT)) {
      start.init();
    }
    return load.allRight();
  }

  private void print(Row row) {
    say(row.text());
  }

  private void say(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }

  private void require(boolean right, String message) {
    if (!right) {
      throw new ParameterException(spec.commandLine(), message);
    }
  }
}
