package sekisho.flush;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.agrona.collections.Long2LongHashMap;
import sekisho.login.LastLogins;
import sekisho.login.RecordedAttempt;
import sekisho.login.Success;

/**
 * What a run of attempts changes in the state tables, so that each address and each user costs one
 * row however often it tried. Not thread-safe.
 */
final class StateDelta {

  private final Map<String, Count> addresses = new HashMap<>();
  private final Long2LongHashMap users = new Long2LongHashMap(Count.NONE);
  private final Map<Long, LastLogins> logins = new HashMap<>();

  /**
   * The change of one counter.
   *
   * @param succeeded whether a success set it to zero first
   * @param failures what is added after that
   */
  record Change(boolean succeeded, long failures) {

    /** Whether the counter ends at zero, which the tables show by having no row. */
    boolean clears() {
      return succeeded && failures == 0;
    }
  }

  /**
   * A change that goes on, as a number: the failures times two, and one more if a success came
   * first. It is changed in its place: new objects for each attempt, in maps that live for seconds,
   * would have the garbage collector look through all of them again and again. For the same reason
   * that of a user is the number alone.
   */
  private static final class Count {

    private static final long NONE = -1;
    private static final long SUCCESS = 1;
    private static final long FAILURE = 2;

    private long number;

    private static long then(long run, long next) {
      return (next & SUCCESS) != 0 ? next : run + next;
    }

    private static Change change(long number) {
      return new Change((number & SUCCESS) != 0, number / FAILURE);
    }
  }

  /**
   * Folds a run.
   *
   * @param attempts the attempts in their order
   */
  static StateDelta of(Collection<RecordedAttempt> attempts) {
    StateDelta changes = new StateDelta();
    attempts.forEach(changes::add);
    return changes;
  }

  /** Adds the attempt that comes next. */
  void add(RecordedAttempt attempt) {
    long change = attempt.succeeded() ? Count.SUCCESS : Count.FAILURE;
    add(attempt.address(), change);
    if (attempt.userId().isPresent()) {
      long user = attempt.userId().getAsLong();
      add(user, change);
      if (attempt.succeeded()) {
        Success newest = new Success(attempt.at(), attempt.address());
        logins.compute(
            user, (id, known) -> known == null ? LastLogins.first(newest) : known.then(newest));
      }
    }
  }

  /** Adds the run that comes next. */
  void addAll(StateDelta next) {
    next.addresses.forEach((address, run) -> add(address, run.number));
    next.users.forEachLong(this::add);
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
  SortedMap<String, Change> addresses() {
    SortedMap<String, Change> changes = new TreeMap<>();
    addresses.forEach((address, count) -> changes.put(address, Count.change(count.number)));
    return Collections.unmodifiableSortedMap(changes);
  }

  /** The change by user id, in the order of the table. */
  SortedMap<Long, Change> users() {
    SortedMap<Long, Change> changes = new TreeMap<>();
    users.forEachLong((user, number) -> changes.put(user, Count.change(number)));
    return Collections.unmodifiableSortedMap(changes);
  }

  /** The last two successes of the run by user id, in the order of the table. */
  SortedMap<Long, LastLogins> logins() {
    return Collections.unmodifiableSortedMap(new TreeMap<>(logins));
  }

  private void add(String address, long change) {
    Count count = addresses.computeIfAbsent(address, absent -> new Count());
    count.number = Count.then(count.number, change);
  }

  private void add(long user, long change) {
    long known = users.get(user);
    users.put(user, known == Count.NONE ? change : Count.then(known, change));
  }
}
