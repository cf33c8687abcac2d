package sekisho.redis;

import java.util.List;
import sekisho.login.StoreFormat;
import sekisho.login.StoreUnavailableException;

/**
 * Whether attempts are accepted, by all instances alike: only while Redis holds a generation. Calls block, and throw a {@link
 * StoreUnavailableException} when Redis can't be reached or refuses. Thread-safe.
 */
public final class Door {

  private static final LuaScript CLOSE = LuaScript.named("close.lua");
  private static final LuaScript PAUSE = LuaScript.named("pause.lua");
  private static final LuaScript REOPEN = LuaScript.named("reopen.lua");
  private static final LuaScript PUBLISH = LuaScript.named("publish.lua");

  private final RedisBackend redis;
  private final RedisKeys keys;

  /**
   * Makes the door.
   *
   * @param redis the connection
   * @param keys the names of the keys
   */
  public Door(RedisBackend redis, RedisKeys keys) {
    this.redis = redis;
    this.keys = keys;
  }

  /** Shuts the door for all instances, until {@link #publish} opens it. */
  public void shut() {
    redis.run(CLOSE, CLOSE.call(List.of(keys.state())));
  }

  /**
   * Shuts the door for all instances, until {@link #reopen} or {@link #publish} opens it; does nothing when somebody changed the
   * state meanwhile.
   *
   * @param seen the state that is the reason
   * @return whether it was shut by this call
   */
  public boolean pause(LoginQueue.State seen) {
    return redis.run(PAUSE, PAUSE.call(List.of(keys.state())).arg(seen.generation()).arg(seen.runId())).toLong() == 1;
  }

  /**
   * Opens the door again with the counters as they are.
   *
   * @param generation the one that was paused
   * @param runId the run_id of this Redis
   * @throws StoreUnavailableException when Redis does not hold the counters of that generation any more
   */
  public void reopen(String generation, String runId) {
    redis.run(REOPEN, REOPEN.call(List.of(keys.state(), keys.lost(), keys.present())).arg(generation).arg(runId));
  }

  /**
   * Puts the counters under {@link RedisKeys#rebuilt} in force and opens the door.
   *
   * @param generation the new generation
   * @param watermark what those counters cover
   * @param sequence a number to go on above
   * @param runId the run_id of the Redis that attempts may be accepted by without a roll call
   * @return the sequence number in force
   */
  public long publish(String generation, long watermark, long sequence, String runId) {
    RedisKeys rebuilt = keys.rebuilt();
    List<String> scriptKeys = List.of(keys.state(), keys.addresses(), keys.users(), keys.logins(), keys.queue(),
        rebuilt.addresses(), rebuilt.users(), rebuilt.logins(), keys.lost(), keys.present());
    return redis.run(PUBLISH, PUBLISH.call(scriptKeys).arg(generation).arg(watermark).arg(sequence).arg(runId)
        .arg(StoreFormat.CURRENT)).toLong();
  }
}
