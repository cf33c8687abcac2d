package sekisho.redis;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import sekisho.login.OperatorAct;

/**
 * Takes the acts of operators: each is one step of Redis, fenced as an attempt is, with a number in
 * the order of the attempts and a row in the queue. Calls block. Thread-safe.
 */
public final class OperatorActs {

  private static final LuaScript ACT = LuaScript.named("act.lua");

  private final BlockingRedis redis;
  private final RedisKeys keys;
  private final LoginQueue queue;
  private final AdmittedEpoch admitted;

  /**
   * An act in force.
   *
   * @param act it, with its number and time
   * @param counter the counter of its subject before it
   */
  public record Taken(OperatorAct act, long counter) {}

  /**
   * @param admitted what of Redis this process was admitted to
   */
  public OperatorActs(
      BlockingRedis redis, RedisKeys keys, LoginQueue queue, AdmittedEpoch admitted) {
    this.redis = redis;
    this.keys = keys;
    this.queue = queue;
    this.admitted = admitted;
  }

  /**
   * Takes an act: every attempt that is decided later sees it.
   *
   * @param kind what is done
   * @param userId the user it is done to; empty where it is done to an address
   * @param subject the user's name, or the canonical address
   * @param operator who does it
   * @param reason why; may be empty
   * @throws sekisho.login.StoreUnavailableException when Redis can't be reached, refuses, or may
   *     lack part of the history; where its answer was lost, the act may be in force
   */
  public Taken take(
      OperatorAct.Kind kind, OptionalLong userId, String subject, String operator, String reason) {
    long answered = admitted.answered();
    LoginQueue.State state = queue.state();
    admitted.require(state, answered);
    String user = userId.isPresent() ? Long.toString(userId.getAsLong()) : "";
    String reply =
        redis
            .run(
                ACT,
                ACT.call(
                        List.of(
                            keys.state(),
                            userId.isPresent() ? keys.users() : keys.addresses(),
                            keys.queue()))
                    .arg(state.epoch())
                    .arg(state.sequence())
                    .arg(state.runId())
                    .arg(kind.name().toLowerCase(Locale.ROOT))
                    .arg(user)
                    .arg(operator)
                    .arg(reason)
                    .arg(subject))
            .toString();
    String[] fields = reply.split("\t");
    return new Taken(
        new OperatorAct(
            Long.parseLong(fields[0]),
            Instant.ofEpochMilli(Long.parseLong(fields[1])),
            kind,
            userId,
            subject,
            operator,
            reason),
        Long.parseLong(fields[2]));
  }
}
