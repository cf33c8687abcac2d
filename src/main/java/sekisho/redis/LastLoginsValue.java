package sekisho.redis;

import java.time.Instant;
import java.util.Optional;
import sekisho.login.LastLogins;
import sekisho.login.Success;

/**
 * The form of a user's last two successes in Redis, as {@code decide.lua} writes it: milliseconds
 * since 1970 and address of the newest one, then, if there is one, those of the one before it;
 * separated by spaces.
 */
public final class LastLoginsValue {

  private LastLoginsValue() {}

  /**
   * Reads a value.
   *
   * @param value the text
   * @return the history
   * @throws MalformedRowException when it is not such a value
   */
  public static LastLogins parse(String value) throws MalformedRowException {
    String[] fields = value.split(" ", -1);
    if (fields.length != 2 && fields.length != 4) {
      throw new MalformedRowException(
          "last logins have " + fields.length + " fields instead of 2 or 4");
    }
    try {
      return new LastLogins(
          success(fields, 0),
          fields.length == 2 ? Optional.empty() : Optional.of(success(fields, 2)));
    } catch (NumberFormatException e) {
      throw new MalformedRowException("last logins have no valid time");
    }
  }

  /**
   * Writes a value.
   *
   * @param logins the history
   * @return the text
   */
  public static String format(LastLogins logins) {
    return format(logins.newest())
        + logins.previous().map(previous -> " " + format(previous)).orElse("");
  }

  private static String format(Success success) {
    return success.at().toEpochMilli() + " " + success.address();
  }

  private static Success success(String[] fields, int index) {
    return new Success(Instant.ofEpochMilli(Long.parseLong(fields[index])), fields[index + 1]);
  }
}
