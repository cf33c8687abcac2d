package sekisho.mysql;

import io.vertx.mysqlclient.MySQLException;
import java.time.Duration;
import java.util.regex.Pattern;

/** MySQL failed or is out of reach; the message is one line for an operator. */
public final class DatabaseException extends RuntimeException {

  /** The server may quote what somebody typed. */
  private static final Pattern CONTROL_CHARACTER = Pattern.compile("\\p{Cntrl}");

  private final boolean timeout;

  /**
   * Makes the exception.
   *
   * @param message one line, not null
   * @param cause what the client said, may be null
   */
  public DatabaseException(String message, Throwable cause) {
    super(message, cause);
    this.timeout = false;
  }

  private DatabaseException(String message) {
    super(message);
    this.timeout = true;
  }

  /** No answer in time. */
  static DatabaseException timeout(Duration limit) {
    return new DatabaseException("MySQL did not answer within " + limit.toMillis() + " ms");
  }

  /** Whether there was no answer in time. */
  boolean isTimeout() {
    return timeout;
  }

  /**
   * Whether the server refused the row of a statement, and would do so again: the statement has had no effect, and the transaction
   * goes on. Anything else is a matter of the server, or of the connection to it.
   *
   * @return false when the same statement may well succeed the next time
   */
  public boolean concernsRow() {
    return getCause() instanceof MySQLException refused && ServerErrors.concernsRow(refused);
  }

  /**
   * What the server said, without the braces, error code and SQL state that the client wraps it in.
   *
   * @param refused the client's exception, not null
   * @return the server's own words
   */
  public static String wordsOf(MySQLException refused) {
    return CONTROL_CHARACTER.matcher(
        refused.getMessage().replaceFirst("(?s)^\\{errorMessage=(.*), errorCode=\\d+, sqlState=[^,}]*}$", "$1")).replaceAll("?");
  }
}
