package sekisho.ops;

import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What the stores hold, for Prometheus. They are asked when somebody scrapes; one that hangs holds
 * up no scrape: the values of the time before are shown then, and {@code sekisho_store_up} is 0.
 * Lives on the event loop of the management port.
 */
final class StoreGauges {

  /** Scrapes in a row are answered with one reading. */
  private static final Duration FRESH = Duration.ofSeconds(1);

  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** Bans and locks are those of the newest report; at full load one is due as often anyway. */
  private static final Duration BETWEEN_REPORTS = Duration.ofMinutes(1);

  private final Vertx vertx;
  private final StatusReader reader;
  private final OperatorApi api;
  private final Runnable report;
  private @Nullable Promise<Void> reading;
  private long readAt;
  private long reportedAt = System.nanoTime() - BETWEEN_REPORTS.toNanos();

  /** Written by the thread that reads. */
  private volatile @Nullable StoreStatus newest;

  private volatile boolean late;

  /**
   * @param report has a report made, soon
   */
  StoreGauges(Vertx vertx, StatusReader reader, OperatorApi api, Runnable report) {
    this.vertx = vertx;
    this.reader = reader;
    this.api = api;
    this.report = report;
  }

  /**
   * Has the stores asked.
   *
   * @return completes when they have answered, or soon
   */
  Future<Void> refresh() {
    if (System.nanoTime() - reportedAt >= BETWEEN_REPORTS.toNanos()) {
      reportedAt = System.nanoTime();
      report.run();
    }
    if (newest != null && !late && System.nanoTime() - readAt < FRESH.toNanos()) {
      return Future.succeededFuture();
    }
    if (reading == null) {
      Promise<Void> begun = Promise.promise();
      reading = begun;
      api.inBackground(
          () -> {
            StoreStatus read = null;
            try {
              read = reader.read();
            } finally {
              StoreStatus done = read;
              vertx.runOnContext(turn -> ended(begun, done));
            }
          });
    }
    Promise<Void> answer = Promise.promise();
    reading.future().onComplete(read -> answer.tryComplete());
    vertx.setTimer(
        PATIENCE.toMillis(),
        timer -> {
          if (answer.tryComplete()) {
            late = true;
          }
        });
    return answer.future();
  }

  private void ended(Promise<Void> begun, @Nullable StoreStatus read) {
    if (read != null) {
      newest = read;
      late = false;
      readAt = System.nanoTime();
    }
    reading = null;
    begun.complete();
  }

  /** Adds the gauges. */
  void register(PrometheusRegistry registry) {
    GaugeWithCallback.builder()
        .name("sekisho_store_up")
        .help("1 while the store answers")
        .labelNames("store")
        .callback(
            callback -> {
              StoreStatus known = late ? null : newest;
              callback.call(known != null && known.queue() != null ? 1 : 0, "redis");
              callback.call(known != null && known.history() != null ? 1 : 0, "mysql");
            })
        .register(registry);
    gauge(
        registry,
        "sekisho_queue_oldest_seconds",
        "How long the oldest attempt has waited for MySQL",
        status -> ifKnown(status.queue(), queue -> orZero(queue.oldestSeconds())));
    gauge(
        registry,
        "sekisho_flush_lag",
        "Numbers of attempts that MySQL is behind Redis",
        status ->
            status.queue() == null || status.history() == null
                ? Double.NaN
                : Math.max(0, status.queue().newest() - status.history().flushed()));
    gauge(
        registry,
        "sekisho_redis_memory_bytes",
        "Memory of Redis in use",
        status -> ifKnown(status.memory(), StoreStatus.Memory::used));
    gauge(
        registry,
        "sekisho_redis_maxmemory_bytes",
        "Memory of Redis at which it refuses attempts; 0 for no limit",
        status -> ifKnown(status.memory(), StoreStatus.Memory::limit));
    gauge(
        registry,
        "sekisho_instances",
        "Instances that were heard of, and accept attempts",
        status -> status.instances().stream().filter(StoreStatus.Instance::serving).count());
    gauge(
        registry,
        "sekisho_banned_addresses",
        "Addresses that are banned, at most a minute ago",
        status -> ifKnown(status.history(), StoreStatus.History::bannedAddresses));
    gauge(
        registry,
        "sekisho_locked_users",
        "Users that are locked, at most a minute ago",
        status -> ifKnown(status.history(), StoreStatus.History::lockedUsers));
    gauge(
        registry,
        "sekisho_quarantined_rows",
        "Queue rows in the table quarantine",
        status -> ifKnown(status.history(), StoreStatus.History::quarantined));
    gauge(
        registry,
        "sekisho_quarantined_attempts",
        "Answered attempts in the table quarantine, which the log lacks",
        status -> ifKnown(status.history(), StoreStatus.History::lost));
  }

  private static double orZero(@Nullable Double value) {
    return value == null ? 0 : value;
  }

  private static <T> double ifKnown(@Nullable T part, ToDoubleFunction<T> value) {
    return part == null ? Double.NaN : value.applyAsDouble(part);
  }

  /** One that is not known, as its store is away, is left out. */
  private void gauge(
      PrometheusRegistry registry, String name, String help, ToDoubleFunction<StoreStatus> value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(
            callback -> {
              StoreStatus known = newest;
              double present = known == null ? Double.NaN : value.applyAsDouble(known);
              if (!Double.isNaN(present)) {
                callback.call(present);
              }
            })
        .register(registry);
  }
}
