package sekisho.redis;

import static sekisho.redis.BlockingRedis.request;

import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import sekisho.login.RecordedAttempt;

/**
 * What the instances deliver at the recovery barrier: the attempts that they answered and Redis
 * lacks, and their presence. Kept in Redis until the epoch fence opens. Calls block. Thread-safe.
 */
public final class RecoveredAttempts {

  private static final LuaScript DELIVER = LuaScript.named("hand_in.lua");
  private static final int PAGE = 5_000;

  private final BlockingRedis redis;
  private final RedisKeys keys;

  /**
   * What an instance answers beside its attempts.
   *
   * @param highestSequence the highest number that it was given, 0 for none
   * @param forgotten the highest number that it answered and does not remember any more, 0 for none
   */
  public record Answer(long highestSequence, long forgotten) {}

  public RecoveredAttempts(BlockingRedis redis, RedisKeys keys) {
    this.redis = redis;
    this.keys = keys;
  }

  /**
   * Whether an instance has delivered this answer.
   *
   * @param instance its name
   * @param runId the run_id of this Redis
   * @param answer what it knows
   * @return true if there is nothing to add
   */
  public boolean has(String instance, String runId, Answer answer) {
    Response present = redis.send(request(Command.HGET, keys.present(), instance));
    return present != null && present.toString().equals(text(runId, answer));
  }

  /**
   * Delivers what this instance remembers. Idempotent per instance; attempts may be duplicated.
   *
   * @param instance the instance that delivers
   * @param runId the run_id of this Redis: an answer to an earlier one, which came back with its
   *     data, is none
   * @param answer what it knows
   * @param attempts what Redis lacks, some at a time, in any order, may be empty
   * @return false when attempts are accepted again, so that the recovery barrier is over
   */
  public boolean deliver(
      String instance, String runId, Answer answer, Iterable<List<RecordedAttempt>> attempts) {
    for (List<RecordedAttempt> part : attempts) {
      for (int from = 0; from < part.size(); from += PAGE) {
        if (!call(instance, "", part.subList(from, Math.min(from + PAGE, part.size())))) {
          return false;
        }
      }
    }
    return call(instance, text(runId, answer), List.of());
  }

  private boolean call(String instance, String text, List<RecordedAttempt> attempts) {
    Request call =
        DELIVER.call(List.of(keys.state(), keys.lost(), keys.present())).arg(instance).arg(text);
    attempts.forEach(attempt -> call.arg(QueueRow.format(attempt)));
    return redis.run(DELIVER, call).toLong() >= 0;
  }

  /**
   * Reads the answers of all instances.
   *
   * @param runId the run_id of this Redis
   * @return the answers by the names of the instances
   */
  public Map<String, Answer> answers(String runId) {
    Response found = redis.send(request(Command.HGETALL, keys.present()));
    Map<String, Answer> answers = new HashMap<>();
    for (String instance : found.getKeys()) {
      String[] parts = found.get(instance).toString().split(" ", -1);
      if (parts[0].equals(runId)) {
        answers.put(instance, new Answer(Long.parseLong(parts[1]), Long.parseLong(parts[2])));
      }
    }
    return answers;
  }

  /**
   * Notes up to which number nothing was lost, unless an earlier try of the same repair has done
   * so.
   *
   * @param present the highest number that MySQL or Redis has now
   * @return the highest number that one of them had when the repair began
   */
  public long kept(long present) {
    redis.send(request(Command.HSETNX, keys.state(), "kept", present));
    return redis.send(request(Command.HGET, keys.state(), "kept")).toLong();
  }

  /**
   * Whether no instance has delivered an attempt.
   *
   * @return true if so
   */
  public boolean isEmpty() {
    return redis.send(request(Command.LLEN, keys.lost())).toLong() == 0;
  }

  /**
   * Reads the attempts that were delivered. What is no attempt is left out.
   *
   * @return all of them, in no order
   */
  public List<RecordedAttempt> attempts() {
    List<RecordedAttempt> attempts = new ArrayList<>();
    long count = redis.send(request(Command.LLEN, keys.lost())).toLong();
    for (long from = 0; from < count; from += PAGE) {
      redis
          .send(request(Command.LRANGE, keys.lost(), from, from + PAGE - 1))
          .forEach(row -> QueueRow.attempt(row.toBytes()).ifPresent(attempts::add));
    }
    return attempts;
  }

  private static String text(String runId, Answer answer) {
    return runId + ' ' + answer.highestSequence() + ' ' + answer.forgotten();
  }
}
