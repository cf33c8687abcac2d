package sekisho.dev.seed;

import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import sekisho.dev.seed.SeedLog.SeedAttempt;
import sekisho.login.Counters;
import sekisho.login.StoreFormat;
import sekisho.redis.BlockingRedis;
import sekisho.redis.LastLoginsReader.LastLoginsValue;
import sekisho.redis.RedisKeys;
import sekisho.redis.RedisServerCheck;

/** Puts the seed data into Redis: the counters that follow from the seeded log. Calls block. */
public final class SeedRedis {

  private static final int CHUNK = 5_000;
  private static final int PAGE = 1_000;

  private final BlockingRedis redis;
  private final RedisKeys keys;

  public SeedRedis(BlockingRedis redis, RedisKeys keys) {
    this.redis = redis;
    this.keys = keys;
  }

  /**
   * Replaces all keys of the service by those of the seed, but for what instances tell of
   * themselves. No epoch is set, so no attempt is accepted yet.
   *
   * @param attempts the seeded log in its order
   */
  public void replace(List<SeedAttempt> attempts) {
    redis.send(
        BlockingRedis.request(
            Command.DEL,
            keys.state(),
            keys.addresses(),
            keys.users(),
            keys.logins(),
            keys.queue(),
            keys.lost(),
            keys.present()));
    hashes(keys, attempts).forEach(this::write);
  }

  /**
   * Whether nothing was ever counted or queued under the service's keys.
   *
   * @return false when there is something to lose
   */
  public boolean isEmpty() {
    long counted =
        redis
            .send(
                BlockingRedis.request(
                    Command.EXISTS,
                    keys.addresses(),
                    keys.users(),
                    keys.logins(),
                    keys.queue(),
                    keys.lost()))
            .toLong();
    Response sequence = redis.send(BlockingRedis.request(Command.HGET, keys.state(), "sequence"));
    return counted == 0 && (sequence == null || sequence.toLong() == 0);
  }

  /** Whether no attempt is accepted, since no history is in force. */
  public boolean isClosed() {
    return redis.send(BlockingRedis.request(Command.HGET, keys.state(), "generation")) == null;
  }

  /**
   * Whether Redis holds nothing but the service's keys, so that it may be replaced as a whole.
   *
   * @param prefix of the service's keys
   * @return false when there are keys of others, in this database or another one
   */
  public boolean isAlone(String prefix) {
    String databases = redis.send(BlockingRedis.request(Command.INFO, "keyspace")).toString();
    if (databases.lines().anyMatch(line -> line.startsWith("db") && !line.startsWith("db0:"))) {
      return false;
    }
    String cursor = "0";
    do {
      Response page = redis.send(BlockingRedis.request(Command.SCAN, cursor, "COUNT", PAGE));
      for (Response key : page.get(1)) {
        if (!key.toString().startsWith(prefix)) {
          return false;
        }
      }
      cursor = page.get(0).toString();
    } while (!cursor.equals("0"));
    return true;
  }

  /**
   * What the seed is in Redis.
   *
   * @param keys the names of the keys
   * @param attempts the seeded log in its order
   * @return the fields of each hash by its key; the state comes last, as it says that the others
   *     are there
   */
  static Map<String, Map<String, String>> hashes(RedisKeys keys, List<SeedAttempt> attempts) {
    Counters counters = new Counters();
    attempts.stream().map(SeedMySql::recorded).forEach(counters::apply);
    Map<String, Map<String, String>> hashes = new LinkedHashMap<>();
    hashes.put(keys.addresses(), text(counters.addressFailures(), Object::toString));
    hashes.put(keys.users(), text(counters.userFailures(), Object::toString));
    hashes.put(keys.logins(), text(counters.lastLogins(), LastLoginsValue::format));
    hashes.put(
        keys.state(),
        new TreeMap<>(
            Map.of(
                "sequence",
                Long.toString(attempts.get(attempts.size() - 1).id()),
                "directory",
                "0")));
    return hashes;
  }

  /**
   * Puts the data in force.
   *
   * @param epoch the epoch that MySQL gets too
   */
  public void finish(String epoch) {
    redis.send(
        BlockingRedis.request(
            Command.HSET,
            keys.state(),
            "generation",
            epoch,
            "run_id",
            RedisServerCheck.of(redis).runId(),
            "format",
            StoreFormat.CURRENT));
    // Not before: an instance that has not heard of it may have delivered attempts of the former
    // history until now.
    redis.send(BlockingRedis.request(Command.DEL, keys.lost(), keys.present()));
  }

  private static <K, V> Map<String, String> text(Map<K, V> values, Function<V, String> format) {
    Map<String, String> text = new TreeMap<>();
    values.forEach((key, value) -> text.put(key.toString(), format.apply(value)));
    return text;
  }

  private void write(String key, Map<String, String> values) {
    Request request = Request.cmd(Command.HSET).arg(key);
    int fields = 0;
    for (Map.Entry<String, String> entry : values.entrySet()) {
      request.arg(entry.getKey()).arg(entry.getValue());
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
