package sekisho.login;

import java.util.HashMap;
import java.util.Map;

/**
 * The fold of the login log: failures since the last success by address and by user, and each
 * user's last two successes. This class is what the counters in Redis and the state tables in MySQL
 * mean. Not thread-safe.
 */
public final class Counters {

  private final Map<String, Long> addressFailures = new HashMap<>();
  private final Map<Long, Long> userFailures = new HashMap<>();
  private final Map<Long, LastLogins> lastLogins = new HashMap<>();

  /**
   * Takes the next attempt of the log into account.
   *
   * @param attempt the attempt that follows all those applied before
   */
  public void apply(RecordedAttempt attempt) {
    if (attempt.succeeded()) {
      addressFailures.remove(attempt.address());
      attempt
          .userId()
          .ifPresent(
              user -> {
                userFailures.remove(user);
                Success success = new Success(attempt.at(), attempt.address());
                lastLogins.compute(
                    user,
                    (id, known) -> known == null ? LastLogins.first(success) : known.then(success));
              });
    } else {
      addressFailures.merge(attempt.address(), 1L, Long::sum);
      attempt.userId().ifPresent(user -> userFailures.merge(user, 1L, Long::sum));
    }
  }

  /**
   * Failures since the last success, by address.
   *
   * @return a live view; addresses without failures are absent
   */
  public Map<String, Long> addressFailures() {
    return addressFailures;
  }

  /**
   * Failures since the last success, by user id.
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
