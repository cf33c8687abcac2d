package sekisho.login;

import java.util.Locale;

/** What became of a login attempt; the first rule that applies decides (SPEC section 1). */
public enum Outcome {
  /** The address has reached the ban threshold. */
  BANNED,
  /** The user has reached the lock threshold. */
  LOCKED,
  /** The name is unknown or the password does not match. */
  WRONG,
  /** The login is accepted: the only outcome that is not a failure. */
  SUCCESS;

  /**
   * Whether the attempt let the user in.
   *
   * @return true for {@link #SUCCESS} alone
   */
  public boolean succeeded() {
    return this == SUCCESS;
  }

  /**
   * The name in metrics and logs.
   *
   * @return such as {@code wrong}
   */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
