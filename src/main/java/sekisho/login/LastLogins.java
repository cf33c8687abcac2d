package sekisho.login;

import java.util.Objects;
import java.util.Optional;

/**
 * A user's newest accepted login and the one before it.
 *
 * @param newest the newest one
 * @param previous the one before it, empty when the newest is the only one
 */
public record LastLogins(Success newest, Optional<Success> previous) {

  /** Checks that nothing is missing. */
  public LastLogins {
    Objects.requireNonNull(newest);
    Objects.requireNonNull(previous);
  }

  /**
   * The history of a user that logs in for the first time.
   *
   * @param success that login
   */
  public static LastLogins first(Success success) {
    return new LastLogins(success, Optional.empty());
  }

  /**
   * The history after one more accepted login.
   *
   * @param success that login
   */
  public LastLogins then(Success success) {
    return new LastLogins(success, Optional.of(newest));
  }

  /**
   * What the member page shows: the success before the newest one, or the newest if it is the only
   * one (SPEC section 2).
   *
   * @return that login
   */
  public Success shown() {
    return previous.orElse(newest);
  }
}
