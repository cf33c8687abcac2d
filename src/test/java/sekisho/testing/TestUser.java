package sekisho.testing;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A user as tests know it.
 *
 * @param login the name
 * @param password the password in clear
 */
public record TestUser(long id, String login, String password) {

  /** A user whose password follows from the name. */
  public static TestUser of(long id, String login) {
    return new TestUser(id, login, "password of " + login);
  }

  /** The row of the table {@code users} as SQL values. */
  public String sqlValues() {
    return "(" + id + ", " + sqlText(login) + ", '" + passwordHash() + "', '" + salt() + "')";
  }

  /** The body of the login form, filled in rightly. */
  public String form() {
    return "login=" + Browser.encoded(login) + "&password=" + Browser.encoded(password);
  }

  /** The salt. */
  public String salt() {
    return "salt" + id;
  }

  /** What is stored of the password. */
  public String passwordHash() {
    return sha256(password + ":" + salt());
  }

  /** Any text as SQL, whatever is in it. */
  public static String sqlText(String text) {
    return "CONVERT(X'"
        + HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8))
        + "' USING utf8mb4)";
  }

  private static String sha256(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
