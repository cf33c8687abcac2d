package sekisho.http.session;

import org.jspecify.annotations.Nullable;

/** What the home page tells the user once, after the request before. */
public enum Notice {

  /** The address has too many failures. */
  BANNED("banned", "You're banned."),
  /** The user has too many failures. */
  LOCKED("locked", "This account is locked."),
  /** The name is unknown or the password is another; which of them is not told. */
  WRONG("wrong", "Wrong username or password"),
  /** The page is for members only. */
  LOGIN_REQUIRED("login", "You must be logged in"),
  /** The session was ended by its user. */
  LOGGED_OUT("logout", "You are logged out");

  /** {@code values()} makes a new array at each call. */
  private static final Notice[] VALUES = values();

  private final String code;
  private final String text;

  Notice(String code, String text) {
    this.code = code;
    this.text = text;
  }

  /**
   * Finds a notice by its code.
   *
   * @param code any text, or null
   * @return the notice, or null if the code is none
   */
  public static @Nullable Notice ofCode(String code) {
    for (Notice notice : VALUES) {
      if (notice.code.equals(code)) {
        return notice;
      }
    }
    return null;
  }

  /** Returns the code that stands for this notice in a cookie, lower-case letters only. */
  public String code() {
    return code;
  }

  /** Whether a login was refused. */
  public boolean isRefusal() {
    return this == BANNED || this == LOCKED || this == WRONG;
  }

  /** Returns the text to show, not yet escaped. */
  public String text() {
    return text;
  }
}
