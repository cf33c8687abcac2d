package sekisho.bench.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import sekisho.bench.load.EnvironmentException;
import sekisho.file.FileProblem;

/** Two results beside each other, each figure with the ratio of the second to the first. */
public final class ResultComparison {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String[] PERCENTILES = {"p50", "p99", "max"};

  private ResultComparison() {}

  /**
   * Prints the comparison.
   *
   * @throws EnvironmentException when a file cannot be read, or is no result
   */
  public static void print(Path first, Path second, PrintWriter out) {
    JsonNode one = read(first);
    JsonNode other = read(second);
    out.printf(Locale.ROOT, "  %-28s %16s %16s %8s%n", "", "A", "B", "B/A");
    text(out, "url", one.at("/settings/url"), other.at("/settings/url"));
    text(out, "mode", one.at("/settings/mode"), other.at("/settings/mode"));
    text(out, "passed", one.get("passed"), other.get("passed"));
    number(out, "score", one.path("score"), other.path("score"));
    number(out, "pages/s", one.path("pages_per_second"), other.path("pages_per_second"));
    number(out, "requests/s", one.path("requests_per_second"), other.path("requests_per_second"));
    for (JsonNode latency : one.path("latencies")) {
      JsonNode same = find(other.path("latencies"), "label", latency.get("label").asText());
      for (String percentile : PERCENTILES) {
        number(
            out,
            latency.get("label").asText() + " " + percentile + " (us)",
            latency.path(percentile),
            same.path(percentile));
      }
    }
    for (JsonNode process : one.path("processes")) {
      JsonNode same = find(other.path("processes"), "role", process.get("role").asText());
      line(
          out,
          process.get("role").asText() + " CPU us/request",
          perRequest(process, one),
          perRequest(same, other));
    }
    out.flush();
  }

  private static JsonNode read(Path file) {
    try {
      JsonNode result = JSON.readTree(file.toFile());
      if (result.path("latencies").isArray() && result.has("passed")) {
        return result;
      }
      throw new EnvironmentException(file + " is no result of bench --json");
    } catch (JsonProcessingException e) {
      throw new EnvironmentException(file + " is not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new EnvironmentException("cannot read the result " + FileProblem.line(e));
    }
  }

  private static JsonNode find(JsonNode list, String field, String value) {
    for (Iterator<JsonNode> all = list.elements(); all.hasNext(); ) {
      JsonNode each = all.next();
      if (each.path(field).asText().equals(value)) {
        return each;
      }
    }
    return JSON.missingNode();
  }

  private static double perRequest(JsonNode process, JsonNode result) {
    return process.path("cpu_seconds").asDouble(Double.NaN)
        * 1e6
        / Math.max(1, result.path("requests").asDouble());
  }

  private static void text(PrintWriter out, String name, JsonNode one, JsonNode other) {
    out.printf(Locale.ROOT, "  %-28s %16s %16s%n", name, one.asText(), other.asText());
  }

  private static void number(PrintWriter out, String name, JsonNode one, JsonNode other) {
    line(out, name, one.asDouble(Double.NaN), other.asDouble(Double.NaN));
  }

  private static void line(PrintWriter out, String name, double one, double other) {
    out.printf(Locale.ROOT, "  %-28s %,16.1f %,16.1f %8.3f%n", name, one, other, other / one);
  }
}
