package sekisho.app;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.login.StoreUnavailableException;
import sekisho.redis.BlockingRedis;
import sekisho.redis.RedisServerCheck;

/** Refuses to start on a Redis that is of no use. */
final class StoreRequirements {

  private static final Logger LOG = LoggerFactory.getLogger(StoreRequirements.class);

  private StoreRequirements() {}

  /**
   * Checks Redis.
   *
   * @param redis the server
   * @throws StartException when it is of no use, or can't be reached
   */
  static void check(BlockingRedis redis) {
    RedisServerCheck found;
    try {
      found = RedisServerCheck.of(redis);
    } catch (StoreUnavailableException e) {
      throw new StartException("cannot reach Redis (sekisho.redis.url): " + e.getMessage());
    }
    if (found.problem().isPresent()) {
      throw new StartException(found.problem().get());
    }
    if (!found.keepsAppendOnlyFile()) {
      LOG.warn(
          "Redis runs without appendonly: a crash of Redis loses answered attempts; set appendonly yes");
    }
  }
}
