package sekisho.recovery;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.login.StoreFormat;
import sekisho.login.StoreUnavailableException;
import sekisho.mysql.Database;
import sekisho.mysql.DatabaseException;
import sekisho.mysql.ServiceState;
import sekisho.mysql.Statements;
import sekisho.redis.AdmittedEpoch;
import sekisho.redis.BlockingRedis;
import sekisho.redis.EpochFence;
import sekisho.redis.LoginQueue;
import sekisho.redis.RedisServerCheck;
import sekisho.redis.ReplayBuffer;

/**
 * Compares what Redis holds with the history in MySQL before attempts are accepted, and repairs
 * Redis when it is empty, another history's, or older than MySQL (after power loss, a failover, a
 * restored file, {@code FLUSHALL}). Calls block.
 */
public final class ConsistencyCheck {

  private static final Logger LOG = LoggerFactory.getLogger(ConsistencyCheck.class);

  /** Ten seconds or more of waiting for another process. */
  private static final int MOST_LOOKS = 500;

  private static final Duration INTERVAL = Duration.ofMillis(20);
  private static final String HIGHEST_ID = Statements.statement("state/highest_id");

  private final Database database;
  private final BlockingRedis redis;
  private final LoginQueue queue;
  private final EpochFence fence;
  private final ReplayBuffer recent;
  private final AdmittedEpoch admitted;
  private final MissingAttempts lost;
  private final RecoveryBarrier barrier;
  private final CounterRebuild rebuild;
  private final StoreRecovery repair;

  /** What the comparison found. */
  private record Finding(
      Verdict verdict, ServiceState state, LoginQueue.State redis, long highestId) {}

  private enum Verdict {
    FITS,
    NEVER_USED,
    BEING_REPLACED,
    UNCOUNTED_ROWS,
    MYSQL_LACKS_HISTORY,
    REDIS_MAY_LACK_HISTORY
  }

  /**
   * @param fence shut where it does not hold all
   */
  public ConsistencyCheck(
      Database database,
      BlockingRedis redis,
      LoginQueue queue,
      EpochFence fence,
      ReplayBuffer recent,
      AdmittedEpoch admitted,
      MissingAttempts lost,
      RecoveryBarrier barrier,
      CounterRebuild rebuild,
      StoreRecovery repair) {
    this.database = database;
    this.redis = redis;
    this.queue = queue;
    this.fence = fence;
    this.recent = recent;
    this.admitted = admitted;
    this.lost = lost;
    this.barrier = barrier;
    this.rebuild = rebuild;
    this.repair = repair;
  }

  /**
   * Checks, and repairs if need be.
   *
   * @param epoch the epoch that this process was last admitted to, empty for none
   * @param highestSequence the highest sequence number that it was given under it, 0 for none
   * @return the epoch under which attempts are accepted
   * @throws StoreUnavailableException when they can't be accepted now, though perhaps later
   * @throws DatabaseException when MySQL fails, or holds what must be looked at by a person
   */
  public String admit(String epoch, long highestSequence) {
    String runId = inspect();
    // Only waiting for others counts: a repair of this process's own may take its time.
    for (int looked = 0; looked < MOST_LOOKS && !Thread.interrupted(); looked++) {
      Optional<String> admitted = admit(runId, epoch, highestSequence);
      if (admitted.isPresent()) {
        return admitted.get();
      }
      LockSupport.parkNanos(INTERVAL.toNanos());
    }
    throw new StoreUnavailableException("another process is busy with the repair of these stores");
  }

  /** Ends what {@link #admit} began: this process accepts no attempts any more. */
  public void leave() {
    barrier.leave();
  }

  /**
   * Empty when what the stores hold has changed or is being changed, so that it has to be looked at
   * again.
   */
  private Optional<String> admit(String runId, String epoch, long highestSequence) {
    Finding finding =
        database.inTransaction(transaction -> compare(transaction, runId, epoch, highestSequence));
    ServiceState state = finding.state();
    long given = state == null ? 0 : highestGiven(state, epoch, highestSequence);
    switch (finding.verdict()) {
      case BEING_REPLACED ->
          throw new StoreUnavailableException(
              "the stores are being replaced; if `make init` was interrupted, run it again");
      case UNCOUNTED_ROWS ->
          throw new DatabaseException(
              "login_log goes up to id "
                  + finding.highestId()
                  + " but only ids up to "
                  + state.watermark()
                  + " are counted: run `make rebuild`",
              null);
      case MYSQL_LACKS_HISTORY ->
          throw new DatabaseException(state.lack(finding.redis().flushed()), null);
      case NEVER_USED -> {
        LOG.info("this database was not used before: counting its login_log");
        rebuild.firstUse();
        return Optional.empty();
      }
      case FITS -> {
        if (lost.all().isEmpty()) {
          // Each time: an instance that was too slow at the barrier was removed from the table.
          barrier.register();
          if (finding.redis().format() == 0) {
            queue.writeFormat();
          }
          admitted.admitted(state.epoch(), runId);
          return Optional.of(state.epoch());
        }
        // Redis was set back, and another instance that had not been told the lost numbers went on
        // with them: only this one can
        // give its attempts others, so it must be the one to repair.
        repair.run(runId, () -> answer(finding, runId, given));
      }
      case REDIS_MAY_LACK_HISTORY -> {
        if (answer(finding, runId, given)) {
          repair.run(runId, () -> true);
        }
      }
    }
    return Optional.empty();
  }

  /** Whether there is a recovery barrier, and this instance has answered it. */
  private boolean answer(Finding finding, String runId, long highestGiven) {
    boolean wasOpen = !finding.redis().epoch().isEmpty();
    return (fence.pause(finding.redis()) || !wasOpen) && barrier.answer(runId, highestGiven);
  }

  /**
   * Looks whether Redis is still fit to decide attempts, and closes the epoch fence for all
   * instances if it is not: what it counted since it changed can't be relied on, so the next
   * admission makes the counters again.
   *
   * @throws StoreUnavailableException when it is not fit, or can't be reached
   */
  public String inspect() {
    RedisServerCheck found = RedisServerCheck.of(redis);
    if (found.problem().isPresent()) {
      try {
        fence.close();
      } catch (StoreUnavailableException e) {
        LOG.debug("a replica takes no writes, and so no attempts: {}", e.getMessage());
      }
      throw new StoreUnavailableException(found.problem().get());
    }
    return found.runId();
  }

  /**
   * Closes the epoch fence for all instances, so that the next admission makes the counters again.
   */
  public void distrust() {
    fence.close();
  }

  /**
   * Looks whether Redis is still the one that this process was admitted to, and fit. Where it is
   * another one by now, though attempts are accepted, nobody knows what it lacks: then the epoch
   * fence is closed for a recovery barrier.
   *
   * @return false when this process has to be admitted anew
   * @throws StoreUnavailableException when Redis is not fit, or can't be reached
   */
  public boolean isStillAdmitted() {
    String runId = inspect();
    long answered = admitted.answered();
    LoginQueue.State held = queue.state();
    if (!held.epoch().isEmpty() && !held.runId().equals(runId)) {
      fence.pause(held);
    }
    return admitted.passes(held, answered);
  }

  private Finding compare(
      Database.Transaction transaction, String runId, String epoch, long highestSequence) {
    Optional<ServiceState> found = ServiceState.lock(transaction);
    if (found.isEmpty()) {
      return new Finding(Verdict.NEVER_USED, null, null, 0);
    }
    ServiceState state = found.get();
    if (!state.beingReplaced()) {
      recent.belongTo(state.history());
    }
    long highestId = transaction.query(HIGHEST_ID).iterator().next().getLong(0);
    LoginQueue.State held = queue.state();
    StoreFormat.problem("Redis", held.format())
        .ifPresent(
            problem -> {
              throw new DatabaseException(problem, null);
            });
    boolean fits =
        held.epoch().equals(state.epoch())
            && held.runId().equals(runId)
            && held.sequence()
                >= Math.max(state.watermark(), highestGiven(state, epoch, highestSequence));
    return new Finding(verdict(state, held, highestId, fits), state, held, highestId);
  }

  private static Verdict verdict(
      ServiceState state, LoginQueue.State redis, long highestId, boolean fits) {
    if (state.beingReplaced()) {
      return Verdict.BEING_REPLACED;
    }
    if (highestId > state.watermark()) {
      return Verdict.UNCOUNTED_ROWS;
    }
    if (state.watermark() < redis.flushed()) {
      return Verdict.MYSQL_LACKS_HISTORY;
    }
    return fits ? Verdict.FITS : Verdict.REDIS_MAY_LACK_HISTORY;
  }

  /**
   * In another epoch numbers have another meaning: the stores were replaced, or somebody else
   * repaired Redis.
   */
  private long highestGiven(ServiceState state, String epoch, long highestSequence) {
    return Math.max(recent.forgotten(), state.epoch().equals(epoch) ? highestSequence : 0);
  }
}
