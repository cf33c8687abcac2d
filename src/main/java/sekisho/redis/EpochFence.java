package sekisho.redis;

import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import sekisho.login.StoreFormat;
import sekisho.login.StoreUnavailableException;

/**
 * The fence that closes and opens acceptance of attempts for all instances at once: attempts are
 * accepted only while Redis holds an epoch. Calls block, and throw a {@link
 * StoreUnavailableException} when Redis can't be reached or refuses. Thread-safe.
 */
public final class EpochFence {

  private static final LuaScript CLOSE = LuaScript.named("close.lua");
  private static final LuaScript PAUSE = LuaScript.named("pause.lua");
  private static final LuaScript REOPEN = LuaScript.named("reopen.lua");
  private static final LuaScript STAGE = LuaScript.named("stage.lua");
  private static final LuaScript PUBLISH = LuaScript.named("publish.lua");

  private final BlockingRedis redis;
  private final RedisKeys keys;

  public EpochFence(BlockingRedis redis, RedisKeys keys) {
    this.redis = redis;
    this.keys = keys;
  }

  /**
   * Closes the epoch fence for all instances, until {@link #publish} opens it, and removes what is
   * left of counters that were being rebuilt.
   *
   * @return a token for {@link #stage} and {@code publish}; that of any earlier call is of no more
   *     use
   */
  public String close() {
    String token = UUID.randomUUID().toString();
    RedisKeys rebuilt = keys.rebuilt();
    redis.run(
        CLOSE,
        CLOSE
            .call(List.of(keys.state(), rebuilt.addresses(), rebuilt.users(), rebuilt.logins()))
            .arg(token));
    return token;
  }

  /**
   * Refuses a Redis that has fewer replicas than its min-replicas-to-write, by a command that
   * counts as a write and changes nothing.
   */
  public void requireReplicas() {
    try {
      redis.send(BlockingRedis.request(Command.HDEL, keys.state(), ""));
    } catch (StoreUnavailableException e) {
      if (e.getMessage().contains(RedisAttemptStore.NO_REPLICAS)) {
        throw e;
      }
      // Other reasons not to write end by themselves, and each attempt meets them.
    }
  }

  /**
   * Writes rebuilt counters, which are not in force yet.
   *
   * @param token of the rebuild
   * @param key one of {@link RedisKeys#rebuilt}
   * @param values fields with their values, not empty, at most some thousands
   */
  public void stage(String token, String key, Map<String, String> values) {
    Request call = STAGE.call(List.of(keys.state(), key)).arg(token);
    values.forEach((field, value) -> call.arg(field).arg(value));
    redis.run(STAGE, call);
  }

  /**
   * Closes the epoch fence for all instances, until {@link #reopen} or {@link #publish} opens it;
   * does nothing when somebody changed the state meanwhile.
   *
   * @param seen the state that is the reason
   * @return whether it was shut by this call
   */
  public boolean pause(LoginQueue.State seen) {
    return redis
            .run(PAUSE, PAUSE.call(List.of(keys.state())).arg(seen.epoch()).arg(seen.runId()))
            .toLong()
        == 1;
  }

  /**
   * Opens the epoch fence again with the counters as they are.
   *
   * @param paused the epoch that was paused
   * @param epoch the new one: a former primary that still takes attempts does so under the old one,
   *     and MySQL must not take its rows for those of this Redis
   * @param runId the run_id of this Redis
   * @throws StoreUnavailableException when Redis does not hold the counters of that epoch any more
   */
  public void reopen(String paused, String epoch, String runId) {
    redis.run(
        REOPEN,
        REOPEN
            .call(List.of(keys.state(), keys.lost(), keys.present()))
            .arg(paused)
            .arg(runId)
            .arg(epoch));
  }

  /**
   * Puts the counters under {@link RedisKeys#rebuilt} in force and opens the epoch fence.
   *
   * @param epoch the new epoch
   * @param watermark what those counters cover
   * @param sequence a number to go on above
   * @param runId the run_id of the Redis that attempts may be accepted by without a recovery
   *     barrier
   * @param token of the rebuild
   * @return the sequence number in force
   */
  public long publish(String epoch, long watermark, long sequence, String runId, String token) {
    RedisKeys rebuilt = keys.rebuilt();
    List<String> scriptKeys =
        List.of(
            keys.state(),
            keys.addresses(),
            keys.users(),
            keys.logins(),
            keys.queue(),
            rebuilt.addresses(),
            rebuilt.users(),
            rebuilt.logins(),
            keys.lost(),
            keys.present());
    return redis
        .run(
            PUBLISH,
            PUBLISH
                .call(scriptKeys)
                .arg(epoch)
                .arg(watermark)
                .arg(sequence)
                .arg(runId)
                .arg(token)
                .arg(StoreFormat.CURRENT))
        .toLong();
  }
}
