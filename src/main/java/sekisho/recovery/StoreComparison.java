package sekisho.recovery;

import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.login.StoreFormat;
import sekisho.login.StoreUnavailableException;
import sekisho.mysql.Database;
import sekisho.mysql.DatabaseException;
import sekisho.mysql.ServiceState;
import sekisho.mysql.Statements;
import sekisho.redis.BlockingRedis;
import sekisho.redis.EpochFence;
import sekisho.redis.LoginQueue;
import sekisho.redis.RedisServerCheck;
import sekisho.redis.ReplayBuffer;

/** Compares what Redis holds with the history in MySQL. Calls block. */
public final class StoreComparison {

  private static final Logger LOG = LoggerFactory.getLogger(StoreComparison.class);
  private static final String HIGHEST_ID = Statements.statement("state/highest_id");

  private final Database database;
  private final BlockingRedis redis;
  private final LoginQueue queue;
  private final EpochFence fence;
  private final ReplayBuffer remembered;

  /** How the two stores stand to each other. */
  enum Verdict {
    FITS,
    NEVER_USED,
    BEING_REPLACED,
    UNCOUNTED_ROWS,
    MYSQL_LACKS_HISTORY,
    REDIS_MAY_LACK_HISTORY
  }

  /**
   * What the comparison found; nothing but the verdict counts where the database was never used.
   *
   * @param highestId the highest id in the log
   * @param highestGiven the highest number that this process was given in the epoch of MySQL
   */
  record Finding(
      Verdict verdict,
      ServiceState mySql,
      LoginQueue.State redis,
      long highestId,
      long highestGiven) {}

  public StoreComparison(
      Database database,
      BlockingRedis redis,
      LoginQueue queue,
      EpochFence fence,
      ReplayBuffer remembered) {
    this.database = database;
    this.redis = redis;
    this.queue = queue;
    this.fence = fence;
    this.remembered = remembered;
  }

  /**
   * Looks whether Redis is fit to decide attempts. Where it is not, what it counted since it
   * changed can't be relied on: the epoch fence is closed for all instances, so the next admission
   * makes the counters again.
   *
   * @return its run_id
   * @throws StoreUnavailableException when it is not fit, or can't be reached
   */
  String requireFit() {
    redis.followMove();
    RedisServerCheck found = RedisServerCheck.of(redis);
    if (found.problem().isPresent()) {
      try {
        fence.close();
      } catch (StoreUnavailableException e) {
        LOG.debug("a replica takes no writes, and so no attempts: {}", e.getMessage());
      }
      throw new StoreUnavailableException(found.problem().get());
    }
    fence.requireReplicas();
    return found.runId();
  }

  /**
   * Compares, under the lock on the watermark.
   *
   * @param runId the run_id of Redis
   * @param epoch the epoch that this process was last admitted to, empty for none
   * @param highestSequence the highest number that it was given under it, 0 for none
   */
  Finding compare(String runId, String epoch, long highestSequence) {
    return database.inTransaction(
        transaction -> {
          Optional<ServiceState> found = ServiceState.lock(transaction);
          if (found.isEmpty()) {
            return new Finding(
                Verdict.NEVER_USED, new ServiceState(0, 0, 0, ""), queue.state(), 0, 0);
          }
          ServiceState mySql = found.get();
          if (!mySql.beingReplaced()) {
            remembered.belongTo(mySql.history());
          }
          long highestId = transaction.query(HIGHEST_ID).iterator().next().getLong(0);
          LoginQueue.State held = queue.state();
          StoreFormat.problem("Redis", held.format())
              .ifPresent(
                  problem -> {
                    throw new DatabaseException(problem, null);
                  });
          // In another epoch numbers have another meaning: the stores were replaced, or somebody
          // else recovered Redis.
          long highestGiven =
              Math.max(remembered.forgotten(), mySql.epoch().equals(epoch) ? highestSequence : 0);
          boolean fits =
              held.epoch().equals(mySql.epoch())
                  && held.runId().equals(runId)
                  && held.sequence() >= Math.max(mySql.watermark(), highestGiven);
          return new Finding(
              verdict(mySql, held, highestId, fits), mySql, held, highestId, highestGiven);
        });
  }

  private static Verdict verdict(
      ServiceState mySql, LoginQueue.State redis, long highestId, boolean fits) {
    if (mySql.beingReplaced()) {
      return Verdict.BEING_REPLACED;
    }
    if (highestId > mySql.watermark()) {
      return Verdict.UNCOUNTED_ROWS;
    }
    if (mySql.watermark() < redis.flushed()) {
      return Verdict.MYSQL_LACKS_HISTORY;
    }
    return fits ? Verdict.FITS : Verdict.REDIS_MAY_LACK_HISTORY;
  }

  /** Why attempts are refused, where the finding says that they must be, and what to do. */
  RuntimeException refusal(Finding finding) {
    return switch (finding.verdict()) {
      case BEING_REPLACED ->
          new StoreUnavailableException(
              "the stores are being replaced; if `make init` was interrupted, run it again");
      case UNCOUNTED_ROWS ->
          new DatabaseException(
              "login_log goes up to id "
                  + finding.highestId()
                  + " but only ids up to "
                  + finding.mySql().watermark()
                  + " are counted: run `make rebuild`",
              null);
      case MYSQL_LACKS_HISTORY ->
          new DatabaseException(finding.mySql().lack(finding.redis().flushed()), null);
      default -> throw new IllegalArgumentException(finding.verdict().toString());
    };
  }
}
