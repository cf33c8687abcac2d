package sekisho.tools.seed;

import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import sekisho.login.Counters;
import sekisho.login.StoreFormat;
import sekisho.redis.LastLoginsValue;
import sekisho.redis.RedisBackend;
import sekisho.redis.RedisKeys;
import sekisho.redis.RedisSuitability;

/** Puts the seed data into Redis: the counters that follow from the seeded log. Calls block. */
public final class SeedRedis {

  private static final int CHUNK = 5_000;

  private final RedisBackend redis;
  private final RedisKeys keys;

  /**
   * Makes the loader.
   *
   * @param redis where the data go
   * @param keys the names of the keys
   */
  public SeedRedis(RedisBackend redis, RedisKeys keys) {
    this.redis = redis;
    this.keys = keys;
  }

  /**
   * Replaces all keys of the service by those of the seed. No generation is set, so no attempt is accepted yet.
   *
   * @param attempts the seeded log in its order
   */
  public void replace(List<SeedAttempt> attempts) {
    Counters counters = new Counters();
    attempts.stream().map(SeedMySql::recorded).forEach(counters::apply);
    redis.send(RedisBackend.request(
        Command.DEL, keys.state(), keys.addresses(), keys.users(), keys.logins(), keys.queue(), keys.lost(), keys.present()));
    write(keys.addresses(), counters.addressFailures(), Object::toString);
    write(keys.users(), counters.userFailures(), Object::toString);
    write(keys.logins(), counters.lastLogins(), LastLoginsValue::format);
    redis.send(RedisBackend.request(
        Command.HSET, keys.state(), "sequence", attempts.get(attempts.size() - 1).id(), "directory", 0));
  }

  /**
   * Puts the data in force.
   *
   * @param generation the generation that MySQL gets too
   */
  public void finish(String generation) {
    redis.send(RedisBackend.request(
        Command.HSET, keys.state(), "generation", generation, "run_id", RedisSuitability.of(redis).runId(),
        "format", StoreFormat.CURRENT));
    // Not before: an instance that has not heard of it may have handed in attempts of the former history until now.
    redis.send(RedisBackend.request(Command.DEL, keys.lost(), keys.present()));
  }

  private <K, V> void write(String key, Map<K, V> values, Function<V, String> format) {
    Request request = Request.cmd(Command.HSET).arg(key);
    int fields = 0;
    for (Map.Entry<K, V> entry : values.entrySet()) {
      request.arg(entry.getKey().toString()).arg(format.apply(entry.getValue()));
      if (++fields == CHUNK) {
        redis.send(request);
        request = Request.cmd(Command.HSET).arg(key);
        fields = 0;
      }
    }
    if (fields > 0) {
      redis.send(request);
    }
  }
}
