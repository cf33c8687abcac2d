package sekisho.mysql;

import io.vertx.mysqlclient.MySQLException;
import java.time.Duration;
import java.util.regex.Pattern;

/** MySQL failed or is out of reach; the message is one line for an operator. */
public final class DatabaseException extends RuntimeException {

  /** The server may quote what somebody typed. */
  private static final Pattern CONTROL_CHARACTER = Pattern.compile("\\p{Cntrl}");

  private enum Kind {
    /** No answer in time. */
    TIMEOUT,
    /** A row that no statement can hold. */
    TOO_LONG,
    OTHER
  }

  private final Kind kind;

  /**
   * @param cause what the client said, may be null
   */
  public DatabaseException(String message, Throwable cause) {
    this(message, cause, Kind.OTHER);
  }

  private DatabaseException(String message, Throwable cause, Kind kind) {
    super(message, cause);
    this.kind = kind;
  }

  static DatabaseException timeout(Duration limit) {
    return new DatabaseException(
        "MySQL did not answer within " + limit.toMillis() + " ms", null, Kind.TIMEOUT);
  }

  static DatabaseException tooLong(long maxPacket) {
    return new DatabaseException(
        "a row is longer than max_allowed_packet of MySQL (" + maxPacket + " bytes)",
        null,
        Kind.TOO_LONG);
  }

  /** Whether there was no answer in time. */
  boolean isTimeout() {
    return kind == Kind.TIMEOUT;
  }

  /**
   * Whether the server refused the row of a statement, and would do so again: the statement has had
   * no effect, and the transaction goes on. Anything else is a matter of the server, or of the
   * connection to it.
   *
   * @return false when the same statement may well succeed the next time
   */
  public boolean concernsRow() {
    return kind == Kind.TOO_LONG
        || getCause() instanceof MySQLException refused && ServerErrors.concernsRow(refused);
  }

  /**
   * What the server said, without the braces, error code and SQL state that the client wraps it in.
   *
   * @param refused the client's exception
   * @return the server's own words
   */
  public static String wordsOf(MySQLException refused) {
    return CONTROL_CHARACTER
        .matcher(
            refused
                .getMessage()
                .replaceFirst("(?s)^\\{errorMessage=(.*), errorCode=\\d+, sqlState=[^,}]*}$", "$1"))
        .replaceAll("?");
  }
}
