package sekisho.login;

/**
 * How many failures since the last success lock a user and ban an address.
 *
 * @param userLock failures that lock a user, at least 1
 * @param ipBan failures that ban an address, at least 1
 */
public record Thresholds(int userLock, int ipBan) {

  /** The contest's values: 3 failures lock a user, 10 ban an address. */
  public static final Thresholds DEFAULT = new Thresholds(3, 10);

  /** Checks the ranges. */
  public Thresholds {
    if (userLock < 1 || ipBan < 1) {
      throw new IllegalArgumentException(
          "thresholds must be at least 1: " + userLock + ", " + ipBan);
    }
  }
}
