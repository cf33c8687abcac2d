package sekisho.http.access;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** What the lines of access logs add up to, by method and path. Not thread-safe. */
public final class AccessLogSummary {

  private static final int DIGITS = 3;

  private final Map<String, Route> routes = new TreeMap<>();
  private long others;

  private static final class Route {
    private final Histogram micros = new Histogram(DIGITS);
    private final Map<String, Long> statuses = new TreeMap<>();
    private long bytes;
  }

  /**
   * The requests of one method and path. Times are in seconds, of the whole request.
   *
   * @param statuses how many answers there were of each class, such as {@code 2xx}
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record Row(
      String route,
      long count,
      double mean,
      double p50,
      double p90,
      double p99,
      double max,
      long bytes,
      Map<String, Long> statuses) {}

  /** Adds a line; one that is of no access log is counted. */
  public void add(String line) {
    AccessLogFormat.readAny(line).ifPresentOrElse(this::add, () -> others++);
  }

  private void add(AccessLogEntry entry) {
    Route route = routes.computeIfAbsent(entry.method() + " " + entry.uri(), name -> new Route());
    route.micros.recordValue(Math.max(0, entry.requestNanos() / 1000));
    route.bytes += entry.size();
    route.statuses.merge(entry.status() / 100 + "xx", 1L, Long::sum);
  }

  /** The routes, those with the most time in all first. */
  public List<Row> rows() {
    return routes.entrySet().stream()
        .map(
            route -> {
              Histogram micros = route.getValue().micros;
              return new Row(
                  route.getKey(),
                  micros.getTotalCount(),
                  micros.getMean() / 1e6,
                  micros.getValueAtPercentile(50) / 1e6,
                  micros.getValueAtPercentile(90) / 1e6,
                  micros.getValueAtPercentile(99) / 1e6,
                  micros.getMaxValue() / 1e6,
                  route.getValue().bytes,
                  route.getValue().statuses);
            })
        .sorted(
            Comparator.comparingDouble((Row row) -> -row.mean() * row.count())
                .thenComparing(row -> -row.count())
                .thenComparing(Row::route))
        .toList();
  }

  /** How many lines were of no access log. */
  public long others() {
    return others;
  }
}
