package sekisho.tools.ceiling;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What one run of the load generator measured.
 *
 * @param requestsPerSecond answers a second
 * @param cpuMicros CPU time of the measured server, and of Redis if it uses one, for each request
 * @param peakMebibytes the largest resident memory of the server
 * @param failures answers that were wrong
 */
record Figures(double requestsPerSecond, double cpuMicros, double peakMebibytes, long failures) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Reads the generator's result; Redis counts where {@code withRedis} says so. */
  static Figures read(Path file, boolean withRedis) throws IOException {
    JsonNode tree = JSON.readTree(file.toFile());
    double cpu = 0;
    double peak = 0;
    for (JsonNode process : tree.path("processes")) {
      String role = process.path("role").asText();
      if (role.equals("service") || withRedis && role.equals("Redis")) {
        cpu += process.path("cpu_seconds").asDouble();
      }
      if (role.equals("service")) {
        peak = process.path("peak_rss_bytes").asDouble() / (1 << 20);
      }
    }
    long failures = 0;
    for (JsonNode failure : tree.path("failures")) {
      failures += failure.path("count").asLong();
    }
    return new Figures(tree.path("requests_per_second").asDouble(), cpu * 1e6 / tree.path("requests").asDouble(), peak,
        failures);
  }

  /** The median of one figure. */
  static double median(List<Figures> runs, ToDoubleFunction<Figures> figure) {
    return median(runs.stream().mapToDouble(figure).toArray());
  }

  /** The median of the ratios, run by run, so that a drift of the machine's speed does not count. */
  static double medianRatio(List<Figures> runs, List<Figures> others, ToDoubleFunction<Figures> figure) {
    double[] ratios = new double[Math.min(runs.size(), others.size())];
    Arrays.setAll(ratios, i -> figure.applyAsDouble(runs.get(i)) / figure.applyAsDouble(others.get(i)));
    return median(ratios);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
