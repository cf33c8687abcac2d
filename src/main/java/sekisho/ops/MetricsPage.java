package sekisho.ops;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import sekisho.http.connection.ConnectionLimiter;
import sekisho.login.Outcome;
import sekisho.metrics.BuildInfo;
import sekisho.metrics.Event;
import sekisho.metrics.Refusal;
import sekisho.metrics.ServiceMetrics;
import sekisho.user.Users;

/**
 * Shows the service's counters to Prometheus. The registry is made when first asked for: the start
 * need not wait for it. Names follow https://prometheus.io/docs/practices/naming/.
 */
final class MetricsPage {

  /** The media type of {@link #render}. */
  static final String TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

  private final ServiceMetrics metrics;
  private final Users users;
  private final BooleanSupplier ready;
  private final ConnectionLimiter connections;
  private final StoreGauges stores;
  private @Nullable PrometheusRegistry registry;

  MetricsPage(
      ServiceMetrics metrics,
      Users users,
      BooleanSupplier ready,
      ConnectionLimiter connections,
      StoreGauges stores) {
    this.metrics = metrics;
    this.users = users;
    this.ready = ready;
    this.connections = connections;
    this.stores = stores;
  }

  /** The present values in the Prometheus text format. */
  synchronized byte[] render() {
    if (registry == null) {
      registry = register();
    }
    ByteArrayOutputStream page = new ByteArrayOutputStream();
    try {
      PrometheusTextFormatWriter.create().write(page, registry.scrape());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return page.toByteArray();
  }

  private PrometheusRegistry register() {
    PrometheusRegistry made = new PrometheusRegistry();
    CounterWithCallback.builder()
        .name("sekisho_attempts")
        .help("Attempts decided by this instance")
        .labelNames("outcome")
        .callback(
            callback -> {
              for (Outcome outcome : Outcome.values()) {
                callback.call(metrics.total(outcome), outcome.label());
              }
            })
        .register(made);
    CounterWithCallback.builder()
        .name("sekisho_refused")
        .help("Requests and connections refused by this instance")
        .labelNames("reason")
        .callback(
            callback -> {
              for (Refusal refusal : Refusal.values()) {
                callback.call(metrics.total(refusal), refusal.label());
              }
            })
        .register(made);
    for (Event event : Event.values()) {
      counter(made, event.metric(), event.description(), () -> metrics.total(event));
    }
    counter(
        made,
        "sekisho_connections_refused",
        "Connections rejected with 503, as there were too many",
        connections::refused);
    gauge(made, "sekisho_queue_length", "Attempts that wait for MySQL", metrics::queueLength);
    gauge(made, "sekisho_users", "Users in memory", () -> users.current().size());
    gauge(
        made, "sekisho_ready", "1 while attempts are accepted", () -> ready.getAsBoolean() ? 1 : 0);
    gauge(
        made, "sekisho_connections", "Open connections of the public listener", connections::open);
    stores.register(made);
    made.register(metrics.requests().collector());
    metrics.storeCalls().collectors().forEach(made::register);
    buildInfo(made);
    JvmMetrics.builder().register(made);
    return made;
  }

  private static void buildInfo(PrometheusRegistry registry) {
    BuildInfo build = BuildInfo.read();
    Info.builder()
        .name("sekisho_build")
        .help("What runs")
        .labelNames("version", "commit", "java")
        .register(registry)
        .addLabelValues(build.number(), build.commit(), Runtime.version().toString());
  }

  private static void counter(
      PrometheusRegistry registry, String name, String help, DoubleSupplier value) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> callback.call(value.getAsDouble()))
        .register(registry);
  }

  private static void gauge(
      PrometheusRegistry registry, String name, String help, DoubleSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> callback.call(value.getAsDouble()))
        .register(registry);
  }
}
