package sekisho.metrics;

import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.Collector;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** How long requests took, by route and class of status. Thread-safe. */
public final class RequestTimes {

  private static final int CLASSES = 6;

  private final Histogram histogram =
      Histogram.builder()
          .name("sekisho_http_request_duration_seconds")
          .help("Time from the first byte of a request to the end of its answer")
          .labelNames("route", "status")
          .classicOnly()
          .withoutExemplars()
          .classicUpperBounds(ServiceMetrics.SECONDS)
          .build();

  /** Looked up once: a look-up by labels makes and compares lists. */
  private final AtomicReferenceArray<DistributionDataPoint> points =
      new AtomicReferenceArray<>(Route.values().length * CLASSES);

  /**
   * Records an answered request.
   *
   * @param status the status of its answer, 100 to 599
   * @param nanos how long it took
   */
  public void record(Route route, int status, long nanos) {
    int index = route.ordinal() * CLASSES + status / 100;
    DistributionDataPoint point = points.get(index);
    if (point == null) {
      point = histogram.labelValues(route.label(), status / 100 + "xx");
      points.set(index, point);
    }
    point.observe(nanos / 1e9);
  }

  /** What Prometheus is shown. */
  public Collector collector() {
    return histogram;
  }
}
