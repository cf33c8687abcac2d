package sekisho.report;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import sekisho.login.LastLogins;
import sekisho.login.RecordedAttempt;
import sekisho.login.Success;

/**
 * What a run of attempts changes in the state tables, so that each address and each user costs one row however often it tried.
 * Not thread-safe.
 */
final class Changes {

  private final Map<String, Count> addresses = new HashMap<>();
  private final Map<Long, Count> users = new HashMap<>();
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
   * A change that goes on. It is changed in its place: a new object for each attempt, in a map that lives for seconds, would
   * have the garbage collector look through the whole map again and again.
   */
  private static final class Count {

    private boolean succeeded;
    private long failures;

    private void add(boolean success, long more) {
      succeeded |= success;
      failures = success ? more : failures + more;
    }
  }

  /**
   * Folds a run.
   *
   * @param attempts the attempts in their order
   * @return the changes
   */
  static Changes of(Collection<RecordedAttempt> attempts) {
    Changes changes = new Changes();
    attempts.forEach(changes::add);
    return changes;
  }

  /** Adds the attempt that comes next. */
  void add(RecordedAttempt attempt) {
    boolean success = attempt.succeeded();
    int failures = success ? 0 : 1;
    of(addresses, attempt.address()).add(success, failures);
    if (attempt.userId().isPresent()) {
      long user = attempt.userId().getAsLong();
      of(users, user).add(success, failures);
      if (attempt.succeeded()) {
        Success newest = new Success(attempt.at(), attempt.address());
        logins.compute(user, (id, known) -> known == null ? LastLogins.first(newest) : known.then(newest));
      }
    }
  }

  /** Adds the run that comes next. */
  void addAll(Changes next) {
    next.addresses.forEach((address, run) -> of(addresses, address).add(run.succeeded, run.failures));
    next.users.forEach((user, run) -> of(users, user).add(run.succeeded, run.failures));
    next.logins.forEach((user, newer) -> logins.merge(user, newer, (known, run) -> run.previous().isPresent()
        ? run : new LastLogins(run.newest(), Optional.of(known.newest()))));
  }

  /** How many rows of the state tables change. */
  int rows() {
    return addresses.size() + users.size() + logins.size();
  }

  /** The change by address, in the order of the table. */
  SortedMap<String, Change> addresses() {
    return changes(addresses);
  }

  /** The change by user id, in the order of the table. */
  SortedMap<Long, Change> users() {
    return changes(users);
  }

  /** The last two successes of the run by user id, in the order of the table. */
  SortedMap<Long, LastLogins> logins() {
    return Collections.unmodifiableSortedMap(new TreeMap<>(logins));
  }

  private static <K> Count of(Map<K, Count> counts, K key) {
    return counts.computeIfAbsent(key, absent -> new Count());
  }

  private static <K> SortedMap<K, Change> changes(Map<K, Count> counts) {
    SortedMap<K, Change> changes = new TreeMap<>();
    counts.forEach((key, count) -> changes.put(key, new Change(count.succeeded, count.failures)));
    return Collections.unmodifiableSortedMap(changes);
  }
}
