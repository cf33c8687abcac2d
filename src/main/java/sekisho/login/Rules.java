package sekisho.login;

/** The order of the rules, over counters that somebody else keeps (SPEC section 1). */
public final class Rules {

  private Rules() {}

  /**
   * Decides one attempt.
   *
   * @param thresholds the limits
   * @param addressFailures failures of the address since its last success, at least 0
   * @param userFailures failures of the user since the last success, 0 for an unknown name
   * @param passwordMatches whether the name is a known user and the password is that user's
   */
  public static Outcome decide(
      Thresholds thresholds, long addressFailures, long userFailures, boolean passwordMatches) {
    if (addressFailures >= thresholds.ipBan()) {
      return Outcome.BANNED;
    }
    if (userFailures >= thresholds.userLock()) {
      return Outcome.LOCKED;
    }
    return passwordMatches ? Outcome.SUCCESS : Outcome.WRONG;
  }
}
