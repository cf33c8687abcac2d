package sekisho.redis;

import static sekisho.redis.BlockingRedis.request;

import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the instances write by their {@link InstanceHeartbeat}. Calls block. Thread-safe. */
public final class RunningInstances {

  private final BlockingRedis redis;
  private final RedisKeys keys;

  /**
   * What an instance wrote last.
   *
   * @param atMillis when, by the clock of Redis, in milliseconds since 1970
   * @param epoch the epoch under which it accepts attempts, empty for none
   */
  public record Heartbeat(long atMillis, String epoch) {}

  /**
   * What all instances wrote.
   *
   * @param nowMillis the time now, by the clock of Redis
   * @param heartbeats the last one of each instance by its name, also of those that are gone
   */
  public record Seen(long nowMillis, Map<String, Heartbeat> heartbeats) {}

  public RunningInstances(BlockingRedis redis, RedisKeys keys) {
    this.redis = redis;
    this.keys = keys;
  }

  /**
   * Reads the heartbeats.
   *
   * @return what all instances wrote last
   */
  public Seen read() {
    List<Response> replies =
        redis.send(List.of(request(Command.TIME), request(Command.HGETALL, keys.instances())));
    long now = replies.get(0).get(0).toLong() * 1000 + replies.get(0).get(1).toLong() / 1000;
    Map<String, Heartbeat> heartbeats = new TreeMap<>();
    for (String instance : replies.get(1).getKeys()) {
      String[] parts = replies.get(1).get(instance).toString().split(" ", 2);
      heartbeats.put(
          instance, new Heartbeat(Long.parseLong(parts[0]), parts.length > 1 ? parts[1] : ""));
    }
    return new Seen(now, heartbeats);
  }

  /**
   * Keeps in mind when an instance was heard of last, unless it is heard of by now: Redis may have
   * got other data meanwhile.
   *
   * @param instance its name
   * @param atMillis when that was, by the clock of Redis
   */
  public void remember(String instance, long atMillis) {
    redis.send(request(Command.HSETNX, keys.instances(), instance, atMillis + " "));
  }

  /**
   * Forgets an instance that is gone.
   *
   * @param instance its name
   */
  public void forget(String instance) {
    redis.send(request(Command.HDEL, keys.instances(), instance));
  }
}
