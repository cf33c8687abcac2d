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

  private static final Change SUCCESS = new Change(true, 0);
  private static final Change FAILURE = new Change(false, 1);

  private final Map<String, Change> addresses = new HashMap<>();
  private final Map<Long, Change> users = new HashMap<>();
  private final Map<Long, LastLogins> logins = new HashMap<>();

  /**
   * The change of one counter.
   *
   * @param succeeded whether a success set it to zero first
   * @param failures what is added after that
   */
  record Change(boolean succeeded, long failures) {

    private Change then(Change next) {
      return next.succeeded ? next : new Change(succeeded, failures + next.failures);
    }

    /** Whether the counter ends at zero, which the tables show by having no row. */
    boolean clears() {
      return succeeded && failures == 0;
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
    Change change = attempt.succeeded() ? SUCCESS : FAILURE;
    addresses.merge(attempt.address(), change, Change::then);
    if (attempt.userId().isPresent()) {
      long user = attempt.userId().getAsLong();
      users.merge(user, change, Change::then);
      if (attempt.succeeded()) {
        Success success = new Success(attempt.at(), attempt.address());
        logins.compute(user, (id, known) -> known == null ? LastLogins.first(success) : known.then(success));
      }
    }
  }

  /** Adds the run that comes next. */
  void addAll(Changes next) {
    next.addresses.forEach((address, change) -> addresses.merge(address, change, Change::then));
    next.users.forEach((user, change) -> users.merge(user, change, Change::then));
    next.logins.forEach((user, newer) -> logins.merge(user, newer, (known, run) -> run.previous().isPresent()
        ? run : new LastLogins(run.newest(), Optional.of(known.newest()))));
  }

  /** How many rows of the state tables change. */
  int rows() {
    return addresses.size() + users.size() + logins.size();
  }

  /** The change by address, in the order of the table. */
  SortedMap<String, Change> addresses() {
    return sorted(addresses);
  }

  /** The change by user id, in the order of the table. */
  SortedMap<Long, Change> users() {
    return sorted(users);
  }

  /** The last two successes of the run by user id, in the order of the table. */
  SortedMap<Long, LastLogins> logins() {
    return sorted(logins);
  }

  private static <K, V> SortedMap<K, V> sorted(Map<K, V> map) {
    return Collections.unmodifiableSortedMap(new TreeMap<>(map));
  }
}
