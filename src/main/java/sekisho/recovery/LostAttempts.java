package sekisho.recovery;

import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.login.RecordedAttempt;
import sekisho.metrics.ServiceMetrics;
import sekisho.mysql.Database;
import sekisho.mysql.JsonRows;
import sekisho.mysql.Sql;
import sekisho.redis.LoginQueue;
import sekisho.redis.RecentAttempts;
import sekisho.report.LoggedAttempts;

/** The attempts that this process answered lately and that are neither in the queue nor in the log. Calls block. */
public final class LostAttempts {

  private static final Logger LOG = LoggerFactory.getLogger(LostAttempts.class);
  private static final int PAGE = 5_000;
  private static final String READ_LOG = Sql.statement("recovery/read_log_by_id.sql");

  private final Database database;
  private final LoginQueue queue;
  private final RecentAttempts recent;
  private final ServiceMetrics metrics;

  /**
   * Makes it.
   *
   * @param database the history
   * @param queue what waits for it
   * @param recent what this process answered lately
   * @param metrics counts what is given back
   */
  public LostAttempts(Database database, LoginQueue queue, RecentAttempts recent, ServiceMetrics metrics) {
    this.database = database;
    this.queue = queue;
    this.recent = recent;
    this.metrics = metrics;
  }

  /**
   * Looks whether anything is missing; other instances may go on meanwhile.
   *
   * @return true if so
   */
  boolean any() {
    TreeMap<Long, RecordedAttempt> missing = remembered();
    removeLogged(missing);
    if (!missing.isEmpty()) {
      removeQueued(missing);
      // What a flush moved since the first look, it had written before it left the queue.
      removeLogged(missing);
    }
    return !missing.isEmpty();
  }

  /**
   * Appends what is missing to the queue, in the order in which it was decided. For a repair that has shut the door and emptied
   * the queue. When it is not known whether a call reached Redis, the next repair finds out: the attempts are remembered under
   * their new numbers before they are sent.
   *
   * @param history the history in force
   * @param above a number that the new numbers must be above
   */
  void giveBack(String history, long above) {
    recent.belongTo(history);
    TreeMap<Long, RecordedAttempt> missing = remembered();
    long highest = missing.isEmpty() ? above : Math.max(above, missing.lastKey());
    removeLogged(missing);
    if (missing.isEmpty()) {
      return;
    }
    List<RecordedAttempt> renumbered = renumber(missing.values(), highest);
    for (int from = 0; from < renumbered.size(); from += PAGE) {
      queue.append(renumbered.subList(from, Math.min(from + PAGE, renumbered.size())));
    }
    metrics.givenBack(missing.size());
    LOG.warn("{} attempts that Redis had lost ({} to {}) were given back to it by this instance, which had answered them",
        missing.size(), missing.firstKey(), missing.lastKey());
  }

  private TreeMap<Long, RecordedAttempt> remembered() {
    TreeMap<Long, RecordedAttempt> attempts = new TreeMap<>();
    recent.all().forEach(attempt -> attempts.put(attempt.sequence(), attempt));
    return attempts;
  }

  private List<RecordedAttempt> renumber(Collection<RecordedAttempt> missing, long above) {
    Map<Long, Long> numbers = new HashMap<>();
    List<RecordedAttempt> renumbered = new ArrayList<>(missing.size());
    long number = above;
    for (RecordedAttempt attempt : missing) {
      numbers.put(attempt.sequence(), ++number);
      renumbered.add(attempt.withSequence(number));
    }
    recent.renumber(numbers);
    return renumbered;
  }

  private void removeLogged(Map<Long, RecordedAttempt> missing) {
    List<Long> ids = List.copyOf(missing.keySet());
    for (int from = 0; from < ids.size(); from += PAGE) {
      List<Long> page = ids.subList(from, Math.min(from + PAGE, ids.size()));
      for (Row row : database.query(READ_LOG, JsonRows.of(page, (json, id) -> json.writeNumber(id)))) {
        RecordedAttempt logged = LoggedAttempts.attempt(row);
        missing.remove(logged.sequence(), logged);
      }
    }
  }

  private void removeQueued(TreeMap<Long, RecordedAttempt> missing) {
    queue.readBackwards(PAGE, attempts -> {
      attempts.forEach(attempt -> missing.remove(attempt.sequence(), attempt));
      return !missing.isEmpty() && attempts.get(0).sequence() > missing.firstKey();
    });
  }
}
