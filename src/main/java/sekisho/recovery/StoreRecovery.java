package sekisho.recovery;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.login.RecordedAttempt;
import sekisho.metrics.ServiceMetrics;
import sekisho.mysql.Database;
import sekisho.mysql.ServiceState;
import sekisho.redis.EpochFence;
import sekisho.redis.LoginQueue;
import sekisho.redis.RecoveredAttempts;
import sekisho.redis.RecoveredAttempts.Answer;

/**
 * Brings a Redis that was started anew, emptied or set back to the whole history again: with what
 * all instances remember it lost nothing, or its counters are made anew. Calls block.
 */
public final class StoreRecovery {

  private static final Logger LOG = LoggerFactory.getLogger(StoreRecovery.class);

  private final Database database;
  private final LoginQueue queue;
  private final EpochFence fence;
  private final RecoveredAttempts recovered;
  private final RecoveryBarrier barrier;
  private final MissingAttempts lost;
  private final CounterRebuild rebuild;
  private final ServiceMetrics metrics;

  public StoreRecovery(
      Database database,
      LoginQueue queue,
      EpochFence fence,
      RecoveredAttempts recovered,
      RecoveryBarrier barrier,
      MissingAttempts lost,
      CounterRebuild rebuild,
      ServiceMetrics metrics) {
    this.database = database;
    this.queue = queue;
    this.fence = fence;
    this.recovered = recovered;
    this.barrier = barrier;
    this.lost = lost;
    this.rebuild = rebuild;
    this.metrics = metrics;
  }

  /**
   * Waits for all instances, and opens the epoch fence again. One process does so at a time; the
   * others must not wait for it, since it waits for them. Afterwards, all is to be looked at again.
   *
   * @param runId the run_id of Redis
   * @param answered whether this process has answered at the recovery barrier; asked while no other
   *     process repairs
   */
  void run(String runId, BooleanSupplier answered) {
    database.aloneIfFree(
        CounterRebuild.REPAIR,
        () -> {
          ServiceState state = database.inTransaction(CounterRebuild::lock);
          if (!answered.getAsBoolean() || isDone(state, runId)) {
            return;
          }
          Map<String, Answer> answers = barrier.awaitAll(runId);
          if (isWhole(state, answers)) {
            fence.reopen(state.epoch(), runId);
            LOG.info(
                "Redis holds all attempts that were answered, up to {}", queue.state().sequence());
          } else {
            repair(runId, answers);
          }
        });
  }

  private boolean isDone(ServiceState state, String runId) {
    LoginQueue.State held = queue.state();
    return held.epoch().equals(state.epoch()) && held.runId().equals(runId);
  }

  private boolean isWhole(ServiceState state, Map<String, Answer> answers) {
    LoginQueue.State held = queue.state();
    return held.paused().equals(state.epoch())
        && held.sequence() >= Math.max(state.watermark(), highest(answers))
        && recovered.isEmpty();
  }

  private void repair(String runId, Map<String, Answer> answers) {
    LoginQueue.State held = queue.state();
    CounterRebuild.Begun begun = rebuild.shutAndFlush();
    tellDifference(held, begun.watermark());
    long present = Math.max(queue.state().sequence(), begun.watermark());
    long kept = recovered.kept(present);
    List<RecordedAttempt> handedIn = recovered.attempts();
    TreeMap<Long, RecordedAttempt> back = new TreeMap<>();
    handedIn.stream()
        .filter(attempt -> attempt.sequence() > kept)
        .forEach(attempt -> back.put(attempt.sequence(), attempt));
    lost.giveBack(handedIn, present, Math.max(present, highest(answers)))
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
      metrics.givenBack(back.size());
      LOG.warn(
          "{} attempts that Redis had lost ({} to {}) were given back to it by those of {} that had answered them",
          back.size(),
          back.firstKey(),
          back.lastKey(),
          answers.keySet());
    }
    long forgotten = answers.values().stream().mapToLong(Answer::forgotten).max().orElse(0);
    long gone = Math.max(0, forgotten - kept - back.headMap(forgotten, true).size());
    metrics.repaired(gone);
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
