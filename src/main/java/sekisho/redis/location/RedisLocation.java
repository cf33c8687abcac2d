package sekisho.redis.location;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisOptions;

/**
 * Where the Redis is that takes the writes. All keys of the service share one slot, so Sentinel and
 * Cluster serve as name services here, and the connection stays a plain one to a single server.
 * Thread-safe.
 */
public interface RedisLocation {

  /**
   * Finds it.
   *
   * @param vertx runs the connections that are needed to ask
   * @return how to connect to it; failed with {@link sekisho.login.StoreUnavailableException} when
   *     nobody knows
   */
  Future<RedisOptions> find(Vertx vertx);

  /**
   * Whether another server may take its place. Then it is to be found again before each connection,
   * after an error that says so, and from time to time.
   */
  boolean canMove();

  /** What it is called in messages; no password. */
  String name();
}
