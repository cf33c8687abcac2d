package sekisho.ops;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import sekisho.http.connection.ConnectionLimiter;
import sekisho.login.Outcome;
import sekisho.metrics.Event;
import sekisho.metrics.Refusal;
import sekisho.metrics.ServiceMetrics;
import sekisho.user.Users;

/**
 * Shows the service's counters to Prometheus. The registry is made when first asked for: the start
 * need not wait for it.
 */
final class MetricsPage {

  private final ServiceMetrics metrics;
  private final Users users;
  private final BooleanSupplier ready;
  private final ConnectionLimiter connections;
  private @Nullable PrometheusMeterRegistry registry;

  MetricsPage(
      ServiceMetrics metrics, Users users, BooleanSupplier ready, ConnectionLimiter connections) {
    this.metrics = metrics;
    this.users = users;
    this.ready = ready;
    this.connections = connections;
  }

  /** The present values in the Prometheus text format. */
  synchronized String render() {
    if (registry == null) {
      registry = register();
    }
    return registry.scrape();
  }

  private PrometheusMeterRegistry register() {
    PrometheusMeterRegistry made = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    for (Outcome outcome : Outcome.values()) {
      FunctionCounter.builder("sekisho.attempts", metrics, counted -> counted.total(outcome))
          .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
          .description("Attempts decided by this instance")
          .register(made);
    }
    for (Refusal refusal : Refusal.values()) {
      FunctionCounter.builder("sekisho.refused", metrics, counted -> counted.total(refusal))
          .tag("reason", refusal.label())
          .description("Requests and connections refused by this instance")
          .register(made);
    }
    for (Event event : Event.values()) {
      FunctionCounter.builder(event.metric(), metrics, counted -> counted.total(event))
          .description(event.description())
          .register(made);
    }
    Gauge.builder("sekisho.queue.length", metrics, ServiceMetrics::queueLength)
        .description("Attempts that wait for MySQL")
        .register(made);
    Gauge.builder("sekisho.users", users, known -> known.current().size())
        .description("Users in memory")
        .register(made);
    Gauge.builder("sekisho.ready", ready, accepted -> accepted.getAsBoolean() ? 1 : 0)
        .description("1 while attempts are accepted")
        .register(made);
    Gauge.builder("sekisho.connections", connections, ConnectionLimiter::open)
        .description("Open connections of the public listener")
        .register(made);
    FunctionCounter.builder("sekisho.connections.refused", connections, ConnectionLimiter::refused)
        .description("Connections rejected with 503, as there were too many")
        .register(made);
    new JvmMemoryMetrics().bindTo(made);
    // Listens for the life of the process.
    new JvmGcMetrics().bindTo(made);
    new ProcessorMetrics().bindTo(made);
    new FileDescriptorMetrics().bindTo(made);
    new UptimeMetrics().bindTo(made);
    return made;
  }
}
