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
import java.util.function.ToDoubleFunction;
import sekisho.http.connection.ConnectionLimiter;
import sekisho.login.Outcome;
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
  private PrometheusMeterRegistry registry;

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
      FunctionCounter.builder("sekisho.attempts", metrics, counted -> counted.outcomes(outcome))
          .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
          .description("Attempts decided by this instance")
          .register(made);
    }
    for (Refusal refusal : Refusal.values()) {
      FunctionCounter.builder("sekisho.refused", metrics, counted -> counted.refusals(refusal))
          .tag("reason", refusal.label())
          .description("Requests and connections refused by this instance")
          .register(made);
    }
    counter(
        made,
        "sekisho.attempts.majority",
        "Times that one address made most of 100 attempts in a row",
        ServiceMetrics::majorities);
    counter(made, "sekisho.unavailable", "Attempts answered with 503", ServiceMetrics::unavailable);
    counter(
        made, "sekisho.batches", "Calls to Redis that decided attempts", ServiceMetrics::batches);
    counter(
        made,
        "sekisho.flushed",
        "Attempts moved to MySQL by this instance",
        ServiceMetrics::flushed);
    counter(
        made,
        "sekisho.quarantined",
        "Queue rows put into quarantine",
        ServiceMetrics::quarantinedRows);
    counter(
        made,
        "sekisho.repairs",
        "Times that Redis did not hold the history of MySQL",
        ServiceMetrics::repairs);
    counter(
        made,
        "sekisho.given.back",
        "Answered attempts that Redis lost and this instance gave back to it",
        ServiceMetrics::givenBack);
    counter(
        made,
        "sekisho.lost",
        "Answered attempts that Redis is known to have lost",
        ServiceMetrics::lost);
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

  private void counter(
      PrometheusMeterRegistry made,
      String name,
      String description,
      ToDoubleFunction<ServiceMetrics> value) {
    FunctionCounter.builder(name, metrics, value).description(description).register(made);
  }
}
