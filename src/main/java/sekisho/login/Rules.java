package sekisho.login;

/**
 * The order of the rules (SPEC section 1), in its plainest form. The running service decides in
 * {@code redis/decide.lua}; property tests compare it with this class, attempt by attempt. Change
 * both together: docs/architecture.md, "To change a rule", names every place.
 */
public final class Rules {

  private Rules() {}

  /**
   * Decides one attempt by the counters as they are; the attempt is not counted.
   *
   * @param thresholds the limits
   */
  public static Outcome decide(Thresholds thresholds, Counters counters, Attempt attempt) {
    long byAddress = counters.addressFailures().getOrDefault(attempt.address(), 0L);
    long byUser =
        attempt.userId().isPresent()
            ? counters.userFailures().getOrDefault(attempt.userId().getAsLong(), 0L)
            : 0;
    return decide(thresholds, attempt.allowed(), byAddress, byUser, attempt.passwordMatches());
  }

  /**
   * Decides one attempt.
   *
   * @param thresholds the limits
   * @param allowed whether the address is on the allow-list
   * @param addressFailures the counter of the address, at least 0
   * @param userFailures the counter of the user, 0 for an unknown name
   * @param passwordMatches whether the name is a known user and the password is that user's
   */
  public static Outcome decide(
      Thresholds thresholds,
      boolean allowed,
      long addressFailures,
      long userFailures,
      boolean passwordMatches) {
    if (!allowed && addressFailures >= thresholds.ipBan()) {
      return Outcome.BANNED;
    }
    if (userFailures >= thresholds.userLock()) {
      return Outcome.LOCKED;
    }
    return passwordMatches ? Outcome.SUCCESS : Outcome.WRONG;
  }
}
