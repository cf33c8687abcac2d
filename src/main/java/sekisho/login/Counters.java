package sekisho.login;

import java.util.HashMap;
import java.util.Map;

/**
 * The fold of the history: failures since the last success or pardon by address and by user, and
 * each user's last two successes. {@link CounterChange} says how an operator's ban or lock is
 * counted. This class is what the counters in Redis and the state tables in MySQL mean. Not
 * thread-safe.
 */
public final class Counters {

  private final Map<String, Long> addressFailures = new HashMap<>();
  private final Map<Long, Long> userFailures = new HashMap<>();
  private final Map<Long, LastLogins> lastLogins = new HashMap<>();

  /**
   * Takes the next entry of the history into account.
   *
   * @param entry the one that follows all those applied before
   */
  public void apply(HistoryEntry entry) {
    if (entry instanceof RecordedAttempt attempt) {
      apply(attempt);
    } else if (entry instanceof OperatorAct act) {
      act.userId()
          .ifPresentOrElse(
              user -> change(userFailures, user, act.change()),
              () -> change(addressFailures, act.subject(), act.change()));
    }
  }

  private void apply(RecordedAttempt attempt) {
    change(addressFailures, attempt.address(), CounterChange.of(attempt));
    if (attempt.userId().isPresent()) {
      long user = attempt.userId().getAsLong();
      change(userFailures, user, CounterChange.of(attempt));
      if (attempt.succeeded()) {
        Success success = new Success(attempt.at(), attempt.address());
        lastLogins.compute(
            user, (id, known) -> known == null ? LastLogins.first(success) : known.then(success));
      }
    }
  }

  private static <K> void change(Map<K, Long> counters, K key, long change) {
    long counter = CounterChange.apply(counters.getOrDefault(key, 0L), change);
    if (counter == 0) {
      counters.remove(key);
    } else {
      counters.put(key, counter);
    }
  }

  /**
   * Failures since the last success or pardon, by address.
   *
   * @return a live view; addresses without failures are absent
   */
  public Map<String, Long> addressFailures() {
    return addressFailures;
  }

  /**
   * Failures since the last success or pardon, by user id.
   *
   * @return a live view; users without failures are absent
   */
  public Map<Long, Long> userFailures() {
    return userFailures;
  }

  /**
   * The last two successes, by user id.
   *
   * @return a live view; users that never succeeded are absent
   */
  public Map<Long, LastLogins> lastLogins() {
    return lastLogins;
  }
}
