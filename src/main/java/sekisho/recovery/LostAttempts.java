package sekisho.recovery;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import sekisho.login.RecordedAttempt;
import sekisho.mysql.Database;
import sekisho.mysql.Sql;
import sekisho.redis.LoginQueue;
import sekisho.redis.QueueRow;
import sekisho.redis.RecentAttempts;
import sekisho.report.LoggedAttempts;
import sekisho.report.Quarantine;

/** The attempts that this process answered lately and that are neither in the queue nor in the log. Calls block. */
public final class LostAttempts {

  private static final int PAGE = 5_000;
  private static final String READ_LOG = Sql.statement("recovery/read_log_by_id.sql");
  private static final String READ_QUARANTINED = Sql.statement("recovery/read_quarantined.sql");

  private final Database database;
  private final LoginQueue queue;
  private final RecentAttempts recent;

  /**
   * Makes it.
   *
   * @param database the history
   * @param queue what waits for it
   * @param recent what this process answered lately
   */
  public LostAttempts(Database database, LoginQueue queue, RecentAttempts recent) {
    this.database = database;
    this.queue = queue;
    this.recent = recent;
  }

  /**
   * Looks what is missing; other instances may go on meanwhile.
   *
   * @return the attempts in the order of their numbers, none when all is well
   */
  List<RecordedAttempt> all() {
    TreeMap<Long, RecordedAttempt> missing = remembered();
    removeLogged(missing);
    if (!missing.isEmpty()) {
      removeQueued(missing);
      // What a flush moved since the first look, it had written before it left the queue.
      removeLogged(missing);
    }
    return List.copyOf(missing.values());
  }

  /**
   * Appends to the queue what instances handed in, this one among them, in the order in which it was decided. For a repair that
   * has shut the door and emptied the queue.
   *
   * <p>Attempts keep their numbers, which nobody else got while the door was shut. Those whose numbers somebody else has by now
   * are given others if they are this instance's own, and left out if they are another's: that would not find them again, finds
   * them missing now, and repairs in its turn. It remembers the new numbers before the attempts are sent, so that it is known
   * at the next repair whether this one got to Redis.
   *
   * @param handedIn the attempts, in any order
   * @param above the highest number that MySQL or Redis has
   * @param highest a number that the new numbers must be above, at least {@code above}
   * @return what was appended, in its order
   */
  List<RecordedAttempt> giveBack(List<RecordedAttempt> handedIn, long above, long highest) {
    TreeMap<Long, RecordedAttempt> back = new TreeMap<>();
    handedIn.stream().filter(attempt -> attempt.sequence() > above)
        .forEach(attempt -> back.putIfAbsent(attempt.sequence(), attempt));
    TreeMap<Long, RecordedAttempt> ours = remembered();
    back.forEach(ours::remove);
    removeLogged(ours);
    long free = back.isEmpty() ? highest : Math.max(highest, back.lastKey());
    List<RecordedAttempt> appended = new ArrayList<>(back.values());
    appended.addAll(renumber(ours.values(), free));
    long present = queue.state().sequence();
    for (int from = 0; from < appended.size(); from += PAGE) {
      List<RecordedAttempt> page = appended.subList(from, Math.min(from + PAGE, appended.size()));
      queue.append(present, page);
      present = page.get(page.size() - 1).sequence();
    }
    return appended;
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
    database.queryRows(READ_LOG, List.copyOf(missing.keySet()), (json, id) -> json.writeNumber(id), PAGE,
        found -> found.forEach(row -> {
          RecordedAttempt logged = LoggedAttempts.attempt(row);
          missing.remove(logged.sequence(), logged);
        }));
    // The log would refuse these again.
    database.queryRows(READ_QUARANTINED, List.copyOf(missing.values()),
        (json, attempt) -> json.writeString(Quarantine.digest(QueueRow.format(attempt))), PAGE,
        found -> found.forEach(row -> missing.remove(row.getLong(0))));
  }

  private void removeQueued(TreeMap<Long, RecordedAttempt> missing) {
    queue.readBackwards(PAGE, attempts -> {
      attempts.forEach(attempt -> missing.remove(attempt.sequence(), attempt));
      return !missing.isEmpty() && attempts.get(0).sequence() > missing.firstKey();
    });
  }
}
