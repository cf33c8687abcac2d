package sekisho.bench.ceiling;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What one run of the load generator measured.
 *
 * @param requestsPerSecond answers a second
 * @param cpuMicros CPU time of the measured server, and of Redis if it uses one, for each request
 * @param p99Millis 99 % of the logins, or of the requests when there were no logins, took no longer
 * @param failures answers that were wrong
 * @param requests how many were answered
 * @param generatorBusy share of the time in which the generator's thread ran, 0 to 1
 * @param generatorLimited whether the generator had no idle time, so that the server may be faster
 *     than this
 */
record Figures(
    double requestsPerSecond,
    double cpuMicros,
    double p99Millis,
    long failures,
    long requests,
    double generatorBusy,
    boolean generatorLimited) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Reads the generator's result; Redis counts where {@code withRedis} says so. */
  static Figures read(Path file, boolean withRedis) throws IOException {
    JsonNode tree = JSON.readTree(file.toFile());
    double cpu = 0;
    for (JsonNode process : tree.path("processes")) {
      String role = process.path("role").asText();
      if (role.equals("service") || withRedis && role.equals("Redis")) {
        cpu += process.path("cpu_seconds").asDouble();
      }
    }
    double p99 = tree.path("latencies").path(0).path("p99").asDouble();
    for (JsonNode latency : tree.path("latencies")) {
      p99 =
          latency.path("label").asText().equals("POST /login")
              ? latency.path("p99").asDouble()
              : p99;
    }
    long failures = 0;
    for (JsonNode failure : tree.path("failures")) {
      failures += failure.path("count").asLong();
    }
    long requests = tree.path("requests").asLong();
    JsonNode loop = tree.path("generator_loop");
    return new Figures(
        tree.path("requests_per_second").asDouble(),
        cpu * 1e6 / requests,
        p99 / 1000,
        failures,
        requests,
        loop.path("running").asDouble(),
        loop.path("was_the_limit").asBoolean());
  }

  /** One figure, run by run. */
  static double[] each(List<Figures> runs, ToDoubleFunction<Figures> figure) {
    return runs.stream().mapToDouble(figure).toArray();
  }

  /** The median of one figure. */
  static double median(List<Figures> runs, ToDoubleFunction<Figures> figure) {
    return MinMedianMax.of(each(runs, figure)).median();
  }
}
