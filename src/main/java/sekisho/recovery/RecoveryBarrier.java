package sekisho.recovery;

import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.login.StoreUnavailableException;
import sekisho.mysql.Database;
import sekisho.mysql.Statements;
import sekisho.redis.RecoveredAttempts;
import sekisho.redis.RecoveredAttempts.Answer;
import sekisho.redis.ReplayBuffer;

/**
 * After Redis may have lost attempts, no instance accepts attempts before all registered instances
 * have delivered what they answered and Redis lacks. Instances are registered in MySQL; deliveries
 * are in Redis. Calls block.
 */
public final class RecoveryBarrier {

  private static final Logger LOG = LoggerFactory.getLogger(RecoveryBarrier.class);

  /**
   * An instance looks at least once a second whether the epoch fence is closed, and then reads what
   * it remembers.
   */
  private static final Duration LEAST_PATIENCE = Duration.ofSeconds(5);

  /** A look that takes longer shows a Redis that nobody else got an answer from either. */
  private static final Duration SLOW_LOOK = Duration.ofMillis(500);

  /** Ending must not take long when MySQL hangs. */
  private static final Duration LEAVE_LIMIT = Duration.ofSeconds(1);

  private static final Duration INTERVAL = Duration.ofMillis(10);
  private static final String REGISTER = Statements.statement("state/register_instance");
  private static final String LEAVE = Statements.statement("state/leave");
  private static final String REMOVE = Statements.statement("state/remove_instance");
  private static final String READ = Statements.statement("state/read_instances");

  private final Database database;
  private final RecoveredAttempts recovered;
  private final ReplayBuffer recent;
  private final MissingAttempts lost;
  private final String instance;
  private final Duration patience;
  private final String incarnation = UUID.randomUUID().toString();

  /**
   * @param instance the name of this one, which no other has; the same after a restart, at most 255
   *     characters
   * @param redisTimeout how long a call to Redis may take: an instance answers when its last one is
   *     over, and may need another
   */
  public RecoveryBarrier(
      Database database,
      RecoveredAttempts recovered,
      ReplayBuffer recent,
      MissingAttempts lost,
      String instance,
      Duration redisTimeout) {
    this.database = database;
    this.recovered = recovered;
    this.recent = recent;
    this.lost = lost;
    this.instance = instance;
    Duration calls = redisTimeout.multipliedBy(2).plusSeconds(1);
    this.patience = calls.compareTo(LEAST_PATIENCE) > 0 ? calls : LEAST_PATIENCE;
  }

  /** Registers this instance; before it accepts attempts. */
  void register() {
    database.query(REGISTER, instance, incarnation);
  }

  /**
   * Removes this instance, once it accepts no attempts; not another process that has taken its
   * name.
   */
  void leave() {
    database.execute(LEAVE_LIMIT, LEAVE, instance, incarnation);
  }

  /**
   * Answers for this instance, while the epoch fence is closed.
   *
   * @param runId the run_id of Redis
   * @param highestSequence the highest number that this instance was given, 0 for none
   * @return false when attempts are accepted again, so that the recovery barrier is over
   */
  boolean answer(String runId, long highestSequence) {
    recent.awaitAnswers(patience);
    Answer answer = new Answer(highestSequence, recent.forgotten());
    return recovered.has(instance, runId, answer)
        || recovered.deliver(instance, runId, answer, lost.all());
  }

  /**
   * Waits until all registered instances have delivered. An instance that does not within the
   * time-out is removed; if it lives, it registers again before it serves.
   *
   * @param runId the run_id of Redis
   * @return the answers by the names of the instances
   */
  Map<String, Answer> awaitAll(String runId) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      long asked = System.nanoTime();
      Map<String, Answer> answers = recovered.answers(runId);
      long took = System.nanoTime() - asked;
      deadline += took > SLOW_LOOK.toNanos() ? took : 0;
      Set<String> absent = registered(database);
      absent.removeAll(answers.keySet());
      if (absent.isEmpty()) {
        return answers;
      }
      if (System.nanoTime() > deadline) {
        absent.forEach(name -> database.query(REMOVE, name));
        LOG.warn(
            "going on without what {} remembered: no answer within {} s",
            absent,
            patience.toSeconds());
        return answers;
      }
      LockSupport.parkNanos(INTERVAL.toNanos());
      if (Thread.interrupted()) {
        throw new StoreUnavailableException("the service is ending");
      }
    }
  }

  /**
   * Reads which instances accept attempts, as far as MySQL knows: those that were killed are among
   * them.
   *
   * @return their names
   */
  public static Set<String> registered(Database database) {
    Set<String> names = new TreeSet<>();
    for (Row row : database.query(READ)) {
      names.add(row.getString(0));
    }
    return names;
  }
}
