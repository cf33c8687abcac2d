package sekisho.flush;

import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.agrona.collections.Long2ObjectHashMap;
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

  /** Times that need no array: with the usual thresholds those of all users. */
  private static final int INLINE = 3;

  /** Of higher thresholds since when is not known: their times would take too much memory. */
  static final int MOST_TIMES = 1_000;

  private final Thresholds thresholds;
  private final Map<String, Count> addresses = new HashMap<>();
  private final Long2ObjectHashMap<Count> users = new Long2ObjectHashMap<>();
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

    private long second;
    private long third;
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
      return switch (number) {
        case 1 -> first;
        case 2 -> second;
        case 3 -> third;
        default -> Objects.requireNonNull(more)[number - INLINE - 1];
      };
    }

    /**
     * How many milliseconds after the first of these failures the others were, separated by commas.
     */
    String later() {
      StringBuilder text = new StringBuilder();
      for (int i = 2; i <= times; i++) {
        text.append(i == 2 ? "" : ",").append(failureAt(i) - first);
      }
      return text.toString();
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
      if (times == threshold || threshold > MOST_TIMES) {
        return;
      }
      switch (times) {
        case 0 -> first = millis;
        case 1 -> second = millis;
        case 2 -> third = millis;
        default -> more = with(more, times - INLINE, millis, threshold - INLINE);
      }
      times++;
    }
  }

  private static long[] with(long @Nullable [] known, int index, long value, int most) {
    long[] array = known;
    if (array == null) {
      array = new long[Math.min(most, 4)];
    } else if (array.length == index) {
      array = Arrays.copyOf(array, Math.min(most, 2 * index));
    }
    array[index] = value;
    return array;
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

  /**
   * Adds the run that comes next, which must not be used after that: its objects are taken over.
   */
  void addAll(StateDelta next) {
    next.addresses.forEach(
        (address, run) -> {
          Count known = addresses.putIfAbsent(address, run);
          if (known != null) {
            known.addAll(run, thresholds.ipBan());
          }
        });
    next.users.forEachLong(
        (user, run) -> {
          Count known = users.putIfAbsent(user, run);
          if (known != null) {
            known.addAll(run, thresholds.userLock());
          }
        });
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
    NavigableMap<Long, Count> sorted = new TreeMap<>();
    users.forEachLong(sorted::put);
    return Collections.unmodifiableSortedMap(sorted);
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
