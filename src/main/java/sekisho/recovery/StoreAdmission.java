package sekisho.recovery;

import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.login.StoreUnavailableException;
import sekisho.metrics.ServiceMetrics;
import sekisho.mysql.Database;
import sekisho.mysql.DatabaseException;
import sekisho.mysql.ServiceState;
import sekisho.mysql.Sql;
import sekisho.redis.LoginQueue;
import sekisho.redis.RecentAttempts;
import sekisho.redis.RedisBackend;
import sekisho.redis.RedisSuitability;

/**
 * Compares what Redis holds with the history in MySQL before attempts are accepted, and repairs Redis when it is empty, another
 * history's, or older than MySQL (after power loss, a failover, a restored file, {@code FLUSHALL}). Calls block.
 */
public final class StoreAdmission {

  private static final Logger LOG = LoggerFactory.getLogger(StoreAdmission.class);
  private static final String HIGHEST_ID = Sql.statement("recovery/highest_id.sql");

  private final Database database;
  private final RedisBackend redis;
  private final LoginQueue queue;
  private final RecentAttempts recent;
  private final LostAttempts lost;
  private final CounterRebuild rebuild;
  private final ServiceMetrics metrics;

  /** What the comparison found: the generation if all is well, else what is to be done. */
  private record Finding(
      Verdict verdict, ServiceState state, LoginQueue.State redis, long highestId, long highestSequence) {
  }

  private enum Verdict {
    FITS, NEVER_USED, BEING_REPLACED, UNCOUNTED_ROWS, MYSQL_LACKS_HISTORY, REDIS_LACKS_HISTORY
  }

  /**
   * Makes the check.
   *
   * @param database the history
   * @param redis the server
   * @param queue what it holds
   * @param recent what this process answered lately
   * @param lost what of that Redis lost
   * @param rebuild repairs Redis
   * @param metrics counts repairs and losses
   */
  public StoreAdmission(Database database, RedisBackend redis, LoginQueue queue, RecentAttempts recent, LostAttempts lost,
      CounterRebuild rebuild, ServiceMetrics metrics) {
    this.database = database;
    this.redis = redis;
    this.queue = queue;
    this.recent = recent;
    this.lost = lost;
    this.rebuild = rebuild;
    this.metrics = metrics;
  }

  /**
   * Checks, and repairs if need be.
   *
   * @param generation the generation that this process was last admitted to, empty for none
   * @param highestSequence the highest sequence number that it was given under it, 0 for none
   * @return the generation under which attempts are accepted
   * @throws StoreUnavailableException when they can't be accepted now, though perhaps later
   * @throws DatabaseException when MySQL fails, or holds what must be looked at by a person
   */
  public String admit(String generation, long highestSequence) {
    inspect();
    String fitting = fitting(generation, highestSequence);
    recent.belongTo(ServiceState.historyOf(fitting));
    if (lost.any()) {
      // Redis was set back while another instance that had not been told the lost numbers went on with them.
      metrics.repaired(0);
      return rebuild.withLostAttempts(0);
    }
    return fitting;
  }

  private String fitting(String generation, long highestSequence) {
    Finding finding = database.inTransaction(transaction -> compare(transaction, generation, highestSequence));
    return switch (finding.verdict()) {
      case FITS -> finding.state().generation();
      case BEING_REPLACED -> throw new StoreUnavailableException(
          "the stores are being replaced; if `make init` was interrupted, run it again");
      case UNCOUNTED_ROWS -> throw new DatabaseException("login_log goes up to id " + finding.highestId()
          + " but only ids up to " + finding.state().watermark() + " are counted: run `make rebuild`", null);
      case MYSQL_LACKS_HISTORY -> throw new DatabaseException(finding.state().lack(finding.redis().flushed()), null);
      case NEVER_USED -> {
        LOG.info("this database was not used before: counting its login_log");
        yield rebuild.firstUse();
      }
      case REDIS_LACKS_HISTORY -> {
        tellLoss(finding);
        yield rebuild.fromStateTables(finding.highestSequence());
      }
    };
  }

  /**
   * Looks whether Redis is still fit to decide attempts, and shuts the door for all instances if it is not: what it
   * counted since it changed can't be relied on, so the next admission makes the counters anew.
   *
   * @throws StoreUnavailableException when it is not fit, or can't be reached
   */
  public void inspect() {
    Optional<String> problem = RedisSuitability.of(redis).problem();
    if (problem.isPresent()) {
      try {
        queue.shut();
      } catch (StoreUnavailableException e) {
        LOG.debug("a replica takes no writes, and so no attempts: {}", e.getMessage());
      }
      throw new StoreUnavailableException(problem.get());
    }
  }

  private Finding compare(Database.Transaction transaction, String generation, long highestSequence) {
    Optional<ServiceState> found = ServiceState.lock(transaction);
    if (found.isEmpty()) {
      return new Finding(Verdict.NEVER_USED, null, null, 0, 0);
    }
    ServiceState state = found.get();
    long highestId = transaction.query(HIGHEST_ID).iterator().next().getLong(0);
    LoginQueue.State held = queue.state();
    // In another generation numbers have another meaning: the stores were replaced, or somebody else repaired Redis.
    long mustReach = state.generation().equals(generation) ? highestSequence : 0;
    return new Finding(verdict(state, held, highestId, mustReach), state, held, highestId, mustReach);
  }

  private static Verdict verdict(ServiceState state, LoginQueue.State redis, long highestId, long highestSequence) {
    if (state.beingReplaced()) {
      return Verdict.BEING_REPLACED;
    }
    if (highestId > state.watermark()) {
      return Verdict.UNCOUNTED_ROWS;
    }
    if (state.watermark() < redis.flushed()) {
      return Verdict.MYSQL_LACKS_HISTORY;
    }
    boolean fits = redis.generation().equals(state.generation())
        && redis.sequence() >= Math.max(state.watermark(), highestSequence);
    return fits ? Verdict.FITS : Verdict.REDIS_LACKS_HISTORY;
  }

  private void tellLoss(Finding finding) {
    LoginQueue.State redis = finding.redis();
    long kept = Math.max(redis.sequence(), finding.state().watermark());
    if (redis.generation().isEmpty() && redis.sequence() == 0) {
      LOG.warn("Redis is empty; making its counters from MySQL, which covers attempts up to {}",
          finding.state().watermark());
    } else {
      LOG.warn("Redis does not hold the history of MySQL (Redis at attempt {}, MySQL at {}); making its counters anew",
          redis.sequence(), finding.state().watermark());
    }
    long given = finding.highestSequence();
    if (given > kept) {
      LOG.warn("Redis lost the attempts {} to {}", kept + 1, given);
    }
    // What is younger can be given back.
    long gone = Math.min(given, recent.forgotten()) - kept;
    metrics.repaired(Math.max(0, gone));
    if (gone > 0) {
      LOG.error("{} attempts that were answered are lost ({} to {}): Redis was set back further than this instance remembers",
          gone, kept + 1, kept + gone);
    }
  }
}
