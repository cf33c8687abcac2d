package sekisho.recovery;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.login.RecordedAttempt;
import sekisho.login.StoreFormat;
import sekisho.login.StoreUnavailableException;
import sekisho.metrics.Event;
import sekisho.metrics.ServiceMetrics;
import sekisho.mysql.Database;
import sekisho.mysql.DatabaseException;
import sekisho.mysql.ServiceState;
import sekisho.recovery.StoreComparison.Finding;
import sekisho.redis.AdmittedEpoch;
import sekisho.redis.EpochFence;
import sekisho.redis.LoginQueue;
import sekisho.redis.RecoveredAttempts;
import sekisho.redis.RecoveredAttempts.Answer;

/**
 * Decides whether this instance may accept attempts, and brings a Redis that was started anew,
 * emptied or set back to the whole history again (after power loss, a failover, a restored file,
 * {@code FLUSHALL}). Its states are those of {@link RecoveryState}.
 *
 * <p>Calls block, and an event waits for the one before it; {@link #state} may be asked meanwhile.
 */
public final class RecoveryStateMachine {

  private static final Logger LOG = LoggerFactory.getLogger(RecoveryStateMachine.class);

  /** Ten seconds or more of waiting for another process. */
  private static final int MOST_LOOKS = 500;

  private static final Duration INTERVAL = Duration.ofMillis(20);

  private final Database database;
  private final LoginQueue queue;
  private final EpochFence fence;
  private final AdmittedEpoch admitted;
  private final StoreComparison comparison;
  private final MissingAttempts missing;
  private final RecoveredAttempts recovered;
  private final RecoveryBarrier barrier;
  private final CounterRebuild rebuild;
  private final ServiceMetrics metrics;
  private volatile RecoveryState state = RecoveryState.CHECKING;

  public RecoveryStateMachine(
      Database database,
      LoginQueue queue,
      EpochFence fence,
      AdmittedEpoch admitted,
      StoreComparison comparison,
      MissingAttempts missing,
      RecoveredAttempts recovered,
      RecoveryBarrier barrier,
      CounterRebuild rebuild,
      ServiceMetrics metrics) {
    this.database = database;
    this.queue = queue;
    this.fence = fence;
    this.admitted = admitted;
    this.comparison = comparison;
    this.missing = missing;
    this.recovered = recovered;
    this.barrier = barrier;
    this.rebuild = rebuild;
    this.metrics = metrics;
  }

  /** Where this instance stands now; may be asked from any thread. */
  public RecoveryState state() {
    return state;
  }

  /**
   * Event: a connection was made, or Redis refused an attempt. Goes through the states until
   * attempts are accepted.
   *
   * @param epoch the epoch that this process was last admitted to, empty for none
   * @param highestSequence the highest sequence number that it was given under it, 0 for none
   * @param storeEpoch the epoch that the attempt store which asks was last admitted to, empty for
   *     none
   * @return the epoch under which attempts are accepted
   * @throws StoreUnavailableException when they can't be accepted now, though perhaps later
   * @throws DatabaseException when MySQL fails, or holds what must be looked at by a person
   */
  public synchronized String admit(String epoch, long highestSequence, String storeEpoch) {
    try {
      become(RecoveryState.CHECKING);
      String runId = comparison.requireFit();
      // Only waiting for others counts: a recovery of this process's own may take its time.
      for (int looked = 0; looked < MOST_LOOKS && !Thread.interrupted(); looked++) {
        Finding finding = comparison.compare(runId, epoch, highestSequence);
        RecoveryState next = afterChecking(finding, storeEpoch);
        become(next);
        switch (next) {
          case SERVING -> {
            return serve(finding, runId);
          }
          case BARRIER -> recover(finding, runId);
          case REBUILDING -> rebuild.firstUse();
          default -> throw comparison.refusal(finding);
        }
        // Whatever was done, or found to be done by others, is looked at again.
        become(RecoveryState.CHECKING);
        LockSupport.parkNanos(INTERVAL.toNanos());
      }
      throw new StoreUnavailableException(
          "another process is busy with the repair of these stores");
    } catch (RuntimeException | Error e) {
      become(RecoveryState.REFUSING);
      throw e;
    }
  }

  /**
   * Event: it is time to look again. Looks whether Redis is still the one that this process was
   * admitted to, and fit. Where it is another one by now, though attempts are accepted, nobody
   * knows what it lacks: then the epoch fence is closed for a recovery barrier.
   *
   * @return false when this process has to be admitted anew
   * @throws StoreUnavailableException when Redis is not fit, or can't be reached
   */
  public synchronized boolean isStillAdmitted() {
    try {
      String runId = comparison.requireFit();
      long answered = admitted.answered();
      LoginQueue.State held = queue.state();
      if (!held.epoch().isEmpty() && !held.runId().equals(runId)) {
        fence.pause(held);
      }
      return admitted.passes(held, answered);
    } catch (StoreUnavailableException e) {
      become(RecoveryState.REFUSING);
      throw e;
    }
  }

  /**
   * Event: Redis holds a value that this service did not write. Closes the epoch fence for all
   * instances, so that the next admission makes the counters again.
   */
  public void distrust() {
    fence.close();
  }

  /** Event: the process ends, and accepts no attempts any more. */
  public void leave() {
    barrier.leave();
  }

  private void become(RecoveryState next) {
    if (next == state) {
      return;
    }
    if (!state.next().contains(next)) {
      throw new IllegalStateException(state + " is never followed by " + next);
    }
    LOG.debug("recovery: {}, then {}", state, next);
    state = next;
  }

  private RecoveryState afterChecking(Finding finding, String storeEpoch) {
    return switch (finding.verdict()) {
      case NEVER_USED -> RecoveryState.REBUILDING;
      // Redis was set back, and another instance that had not been told the lost numbers went on
      // with them: only this one can give its attempts others, so it must be the one to recover.
      case FITS ->
          missing.isAny(finding.mySql().epoch(), storeEpoch)
              ? RecoveryState.BARRIER
              : RecoveryState.SERVING;
      case REDIS_MAY_LACK_HISTORY -> RecoveryState.BARRIER;
      case BEING_REPLACED, UNCOUNTED_ROWS, MYSQL_LACKS_HISTORY -> RecoveryState.REFUSING;
    };
  }

  private String serve(Finding finding, String runId) {
    // Each time: an instance that was too slow at the barrier was removed from the table.
    barrier.register();
    if (finding.redis().format() < StoreFormat.CURRENT) {
      queue.writeFormat();
    }
    String epoch = finding.mySql().epoch();
    admitted.admitted(epoch, runId);
    return epoch;
  }

  /**
   * Answers at the barrier, waits for all instances, and opens the epoch fence again. One process
   * does so at a time; the others must not wait for it, since it waits for them.
   */
  private void recover(Finding finding, String runId) {
    boolean onlyHere = finding.verdict() == StoreComparison.Verdict.FITS;
    if (!onlyHere && !answer(finding, runId)) {
      return;
    }
    database.aloneIfFree(
        CounterRebuild.REPAIR,
        () -> {
          ServiceState mySql = database.inTransaction(CounterRebuild::lock);
          if (onlyHere && !answer(finding, runId) || isDone(mySql, runId)) {
            return;
          }
          Map<String, Answer> answers = barrier.awaitAll(runId);
          if (rebuild.reopen(present -> isWhole(present, answers), runId)) {
            LOG.info(
                "Redis holds all attempts that were answered, up to {}", queue.state().sequence());
          } else {
            become(RecoveryState.REBUILDING);
            rebuild(runId, answers);
          }
        });
  }

  /** Whether there is a recovery barrier, and this instance has answered it. */
  private boolean answer(Finding finding, String runId) {
    boolean wasOpen = !finding.redis().epoch().isEmpty();
    return (fence.pause(finding.redis()) || !wasOpen)
        && barrier.answer(runId, finding.highestGiven());
  }

  private boolean isDone(ServiceState mySql, String runId) {
    LoginQueue.State held = queue.state();
    return held.epoch().equals(mySql.epoch()) && held.runId().equals(runId);
  }

  private boolean isWhole(ServiceState mySql, Map<String, Answer> answers) {
    LoginQueue.State held = queue.state();
    return held.paused().equals(mySql.epoch())
        && held.sequence() >= Math.max(mySql.watermark(), highest(answers))
        && recovered.isEmpty();
  }

  private void rebuild(String runId, Map<String, Answer> answers) {
    LoginQueue.State held = queue.state();
    CounterRebuild.Begun begun = rebuild.shutAndFlush();
    tellDifference(held, begun.watermark());
    long present = Math.max(queue.state().sequence(), begun.watermark());
    long kept = recovered.kept(present);
    List<RecordedAttempt> delivered = recovered.attempts();
    TreeMap<Long, RecordedAttempt> back = new TreeMap<>();
    delivered.stream()
        .filter(attempt -> attempt.sequence() > kept)
        .forEach(attempt -> back.put(attempt.sequence(), attempt));
    missing
        .giveBack(delivered, present, Math.max(present, highest(answers)))
        .forEach(attempt -> back.put(attempt.sequence(), attempt));
    rebuild.fromStateTables(begun, highest(answers), runId);
    tellLoss(kept, back, answers);
  }

  private static void tellDifference(LoginQueue.State redis, long watermark) {
    if (redis.sequence() == 0 && redis.paused().isEmpty()) {
      LOG.warn(
          "Redis is empty; making its counters from MySQL, which covers attempts up to {}",
          watermark);
    } else {
      LOG.warn(
          "Redis does not hold the whole history (Redis at attempt {}, MySQL at {}); making its counters again",
          redis.sequence(),
          watermark);
    }
  }

  private void tellLoss(
      long kept, NavigableMap<Long, RecordedAttempt> back, Map<String, Answer> answers) {
    if (!back.isEmpty()) {
      metrics.count(Event.GIVEN_BACK, back.size());
      LOG.warn(
          "{} attempts that Redis had lost ({} to {}) were given back to it by those of {} that had answered them",
          back.size(),
          back.firstKey(),
          back.lastKey(),
          answers.keySet());
    }
    long forgotten = answers.values().stream().mapToLong(Answer::forgotten).max().orElse(0);
    long gone = Math.max(0, forgotten - kept - back.headMap(forgotten, true).size());
    metrics.count(Event.REPAIR);
    metrics.count(Event.LOST, gone);
    if (gone > 0) {
      LOG.error(
          "{} attempts that were answered are lost ({} to {}): Redis was set back further than its instances remember",
          gone,
          kept + 1,
          forgotten);
    }
  }

  private static long highest(Map<String, Answer> answers) {
    return answers.values().stream().mapToLong(Answer::highestSequence).max().orElse(0);
  }
}
