package sekisho.service;

import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisOptions;
import sekisho.config.Settings;
import sekisho.metrics.ServiceMetrics;
import sekisho.mysql.Database;
import sekisho.recovery.CounterRebuild;
import sekisho.recovery.LostAttempts;
import sekisho.redis.LoginQueue;
import sekisho.redis.RecentAttempts;
import sekisho.redis.RedisBackend;
import sekisho.redis.RedisKeys;
import sekisho.report.QueueFlush;

/**
 * The two stores as the background work sees them, wired for the given settings.
 *
 * @param database MySQL
 * @param redis Redis
 * @param keys the names of its keys
 * @param queue the login queue
 * @param flush moves the queue to MySQL
 * @param recent what this process answered lately
 * @param lost what of that Redis lost
 * @param rebuild makes the counters anew
 */
public record Stores(Database database, RedisBackend redis, RedisKeys keys, LoginQueue queue, QueueFlush flush,
    RecentAttempts recent, LostAttempts lost, CounterRebuild rebuild) implements AutoCloseable {

  /** Below the data directory. */
  private static final String FLUSH_DIRECTORY = "flush";

  /**
   * Wires the stores; nothing is connected yet.
   *
   * @param vertx runs the connections
   * @param settings with both URLs
   * @param metrics counts what the background work does
   * @return the stores
   * @throws StartException when the settings can't be used
   */
  public static Stores of(Vertx vertx, Settings settings, ServiceMetrics metrics) {
    Database database = new Database(vertx, StoreOptions.mySql(settings.mysql()), settings.mysql().timeout());
    RedisBackend redis = new RedisBackend(vertx, redisOptions(settings), settings.mysql().timeout());
    RedisKeys keys = RedisKeys.under(settings.redis().keyPrefix());
    LoginQueue queue = new LoginQueue(redis, keys);
    QueueFlush flush = new QueueFlush(
        database, queue, settings.dataDirectory().resolve(FLUSH_DIRECTORY), settings.flush().chunk(), metrics);
    RecentAttempts recent = new RecentAttempts(settings.redis().recentBytes());
    LostAttempts lost = new LostAttempts(database, queue, recent, metrics);
    return new Stores(database, redis, keys, queue, flush, recent, lost,
        new CounterRebuild(database, redis, keys, queue, flush, lost));
  }

  /**
   * Checks that both stores can be reached.
   *
   * @param vertx runs the connections
   * @param settings with both URLs
   * @throws StartException when one can't be reached, in one line that says why
   */
  public static void requireReachable(Vertx vertx, Settings settings) {
    StoreConnections.tryRedis(vertx, redisOptions(settings));
    StoreConnections.tryMySql(vertx, StoreOptions.mySql(settings.mysql()));
  }

  /**
   * How to reach Redis.
   *
   * @param settings with the URL of Redis
   * @return the client's options
   * @throws StartException when the settings can't be used
   */
  public static RedisOptions redisOptions(Settings settings) {
    return StoreOptions.redis(settings.redis());
  }

  @Override
  public void close() {
    redis.close();
    database.close();
  }
}
