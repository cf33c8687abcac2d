package sekisho.flush;

import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import sekisho.login.CounterChange;
import sekisho.login.HistoryEntry;
import sekisho.login.LastLogins;
import sekisho.login.OperatorAct;
import sekisho.login.RecordedAttempt;
import sekisho.login.Success;
import sekisho.login.Thresholds;

/**
 * What a run of the history changes in the state tables, so that each address and each user costs
 * one row however often it tried. Not thread-safe.
 */
final class StateDelta {

  private final Thresholds thresholds;
  private final Map<String, Count> addresses = new HashMap<>();
  private final Map<Long, Count> users = new HashMap<>();
  private final Map<Long, LastLogins> logins = new HashMap<>();

  /**
   * The change of one counter. It is changed in its place: new objects for each attempt, in maps
   * that live for seconds, would have the garbage collector look through all of them again and
   * again.
   */
  static final class Count {

    private long change = CounterChange.NONE;

    /** When the first failures since the last success or pardon of the run were. */
    private long first;

    private long @Nullable [] more;

    private int times;

    /** What it does to the counter. */
    long change() {
      return change;
    }

    /** Whether a counter that no operator bars ends at zero, which the tables show by no row. */
    boolean clears() {
      return CounterChange.clears(change)
          && CounterChange.failures(change) == 0
          && !CounterChange.bars(change);
    }

    /**
     * When a failure of the run was, of those since its last success or pardon.
     *
     * @param number its place among them, from 1, at most the threshold
     * @return in milliseconds since 1970
     */
    long failureAt(int number) {
      return number == 1 || more == null ? first : more[number - 2];
    }

    /** How many failures {@link #failureAt} knows. */
    int times() {
      return times;
    }

    private void add(long next, Instant at, int threshold) {
      if (CounterChange.clears(next)) {
        forgetTimes();
      }
      change = CounterChange.then(change, next);
      if (CounterChange.failures(next) > 0) {
        addTime(at.toEpochMilli(), threshold);
      }
    }

    private void addAll(Count next, int threshold) {
      if (CounterChange.clears(next.change)) {
        forgetTimes();
      }
      change = CounterChange.then(change, next.change);
      for (int i = 1; i <= next.times && times < threshold; i++) {
        addTime(next.failureAt(i), threshold);
      }
    }

    private void forgetTimes() {
      times = 0;
      more = null;
    }

    private void addTime(long millis, int threshold) {
      if (times == threshold) {
        return;
      }
      if (times == 0) {
        first = millis;
      } else {
        if (more == null) {
          more = new long[Math.min(threshold - 1, 2)];
        } else if (more.length == times - 1) {
          more = Arrays.copyOf(more, Math.min(threshold - 1, 2 * times));
        }
        more[times - 1] = millis;
      }
      times++;
    }
  }

  /**
   * Nothing has changed yet.
   *
   * @param thresholds at which a ban and a lock begin
   */
  StateDelta(Thresholds thresholds) {
    this.thresholds = thresholds;
  }

  /** Adds the entry that comes next. */
  void add(HistoryEntry entry) {
    if (entry instanceof RecordedAttempt attempt) {
      add(attempt);
    } else if (entry instanceof OperatorAct act) {
      if (act.userId().isPresent()) {
        user(act.userId().getAsLong()).add(act.change(), act.at(), thresholds.userLock());
      } else {
        address(act.subject()).add(act.change(), act.at(), thresholds.ipBan());
      }
    }
  }

  private void add(RecordedAttempt attempt) {
    long change = CounterChange.of(attempt);
    address(attempt.address()).add(change, attempt.at(), thresholds.ipBan());
    if (attempt.userId().isPresent()) {
      long user = attempt.userId().getAsLong();
      user(user).add(change, attempt.at(), thresholds.userLock());
      if (attempt.succeeded()) {
        Success newest = new Success(attempt.at(), attempt.address());
        logins.compute(
            user, (id, known) -> known == null ? LastLogins.first(newest) : known.then(newest));
      }
    }
  }

  /** Adds the run that comes next. */
  void addAll(StateDelta next) {
    next.addresses.forEach((address, run) -> address(address).addAll(run, thresholds.ipBan()));
    next.users.forEach((user, run) -> user(user).addAll(run, thresholds.userLock()));
    next.logins.forEach(
        (user, newer) ->
            logins.merge(
                user,
                newer,
                (known, run) ->
                    run.previous().isPresent()
                        ? run
                        : new LastLogins(run.newest(), Optional.of(known.newest()))));
  }

  /** How many rows of the state tables change. */
  int rows() {
    return addresses.size() + users.size() + logins.size();
  }

  /** The change by address, in the order of the table. */
  SortedMap<String, Count> addresses() {
    return Collections.unmodifiableSortedMap(new TreeMap<>(addresses));
  }

  /** The change by user id, in the order of the table. */
  SortedMap<Long, Count> users() {
    return Collections.unmodifiableSortedMap(new TreeMap<>(users));
  }

  /** The last two successes of the run by user id, in the order of the table. */
  SortedMap<Long, LastLogins> logins() {
    return Collections.unmodifiableSortedMap(new TreeMap<>(logins));
  }

  private Count address(String address) {
    return addresses.computeIfAbsent(address, absent -> new Count());
  }

  private Count user(long user) {
    return users.computeIfAbsent(user, absent -> new Count());
  }
}
