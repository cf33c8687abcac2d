package sekisho.bench.ceiling;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import sekisho.app.StartException;
import sekisho.bench.BenchCommand;

/** Runs the load generator in this process, so that only its first run is a cold one. */
final class Generator {

  /** Seconds for the Java machines' compilers when a server meets a route for the first time. */
  private static final double FIRST_WARM_UP = 4;

  private static final double WARM_UP = 1;

  private final Path result;
  private final double seconds;
  private final Set<String> warm = new HashSet<>();

  /**
   * A generator.
   *
   * @param result a file for each run's result
   * @param seconds of each measurement
   */
  Generator(Path result, double seconds) {
    this.result = result;
    this.seconds = seconds;
  }

  /** As fast as it goes. */
  Figures fullLoad(SystemUnderTest system, String route) throws IOException {
    return run(
        system,
        route,
        "--duration",
        Double.toString(seconds),
        "--warm-up",
        Double.toString(warmUp(system, route)));
  }

  /** At a fixed rate; latencies count from the moment at which each request was due. */
  Figures atRate(SystemUnderTest system, String route, double perSecond) throws IOException {
    return run(
        system,
        route,
        "--duration",
        Double.toString(seconds),
        "--warm-up",
        Double.toString(warmUp(system, route)),
        "--rate",
        Double.toString(perSecond));
  }

  /** So many requests as fast as it goes. */
  Figures requests(SystemUnderTest system, String route, long requests) throws IOException {
    return run(
        system, route, "--requests", Long.toString(requests), "--duration", "60", "--warm-up", "0");
  }

  private double warmUp(SystemUnderTest system, String route) {
    return warm.add(system.name() + system.port() + route) ? FIRST_WARM_UP : WARM_UP;
  }

  private Figures run(SystemUnderTest system, String route, String... options) throws IOException {
    Files.deleteIfExists(result);
    List<String> arguments =
        new ArrayList<>(
            List.of("--raw", route, "--url", system.url(), "--json", result.toString()));
    arguments.addAll(List.of(options));
    StringWriter output = new StringWriter();
    CommandLine command = new CommandLine(new BenchCommand());
    command.setOut(new PrintWriter(output)).setErr(new PrintWriter(output));
    command.execute(arguments.toArray(String[]::new));
    if (!Files.exists(result)) {
      throw new StartException(
          "the load generator did not run against "
              + system.name()
              + ": "
              + output.toString().strip());
    }
    return Figures.read(result, system.usesRedis());
  }
}
