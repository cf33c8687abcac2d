package sekisho.login;

import io.vertx.core.Future;
import java.util.Optional;

/**
 * Decides, counts and records attempts, each in one atomic step for all instances of the service
 * together.
 */
public interface AttemptStore {

  /**
   * Decides an attempt by {@link Rules}, counts it and appends it to the login log. Attempts that
   * were submitted one after the other through the same store are decided in that order.
   *
   * @return the outcome once it is recorded; failed with {@link StoreUnavailableException} when the
   *     attempt could not be decided, or when it is not known whether it was recorded
   */
  Future<Outcome> decide(Attempt attempt);

  /**
   * Looks up a user's last two accepted logins.
   *
   * @param userId the user
   * @return the history, empty when the user never logged in; failed with {@link
   *     StoreUnavailableException}
   */
  Future<Optional<LastLogins>> lastLogins(long userId);

  /** Whether attempts are accepted now; may be asked from any thread. */
  default boolean isOpen() {
    return notServing().isEmpty();
  }

  /**
   * Why attempts get no answers, if they do not; may be asked from any thread.
   *
   * @return empty while all is well
   */
  default Optional<NotServing> notServing() {
    return Optional.empty();
  }

  /**
   * Under which epoch attempts are accepted now; may be asked from any thread.
   *
   * @return its name, empty while none are accepted, or where there are no epochs
   */
  default String servedEpoch() {
    return "";
  }

  /** Ends the store; attempts under way fail. */
  default void close() {}
}
