package sekisho.mysql;

import io.vertx.mysqlclient.MySQLException;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

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
  public DatabaseException(String message, @Nullable Throwable cause) {
    this(message, cause, Kind.OTHER);
  }

  private DatabaseException(String message, @Nullable Throwable cause, Kind kind) {
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
            String.valueOf(refused.getMessage())
                .replaceFirst("(?s)^\\{errorMessage=(.*), errorCode=\\d+, sqlState=[^,}]*}$", "$1"))
        .replaceAll("?");
  }

  /**
   * What an error that MySQL or MariaDB answered with says about the server, and about the row of a
   * statement.
   */
  static final class ServerErrors {

    /**
     * Classes of SQLSTATE: data exception, integrity constraint violation, SIGNAL without a class
     * of its own.
     */
    private static final Set<String> CLASSES_OF_ROWS = Set.of("22", "23", "45");

    /**
     * Errors of a row that have another class: a value that was cut, no default, an incorrect value
     * (for a column, for a character set), no partition, row too large, SIGNAL of any class, check
     * constraint (MySQL, MariaDB), no partition of this set.
     */
    private static final Set<Integer> OF_ROWS =
        Set.of(1118, 1265, 1364, 1366, 1411, 1526, 1525, 1643, 1644, 1748, 3819, 4025);

    /**
     * Statements that are wrong, though their class is that of integrity constraints: a column that
     * is not unique in its name.
     */
    private static final Set<Integer> OF_STATEMENTS = Set.of(1052);

    private static final String CONNECTION_CLASS = "08";

    /** "Read only transaction". */
    private static final String READ_ONLY_STATE = "25006";

    /**
     * The server ends, ended this session, or takes no writes: node not ready (Galera), shutdown,
     * table opened read-only, {@code --read-only} and its kind, transaction read-only, InnoDB
     * read-only, connection killed (MariaDB), offline mode, group replication refuses, server not
     * available, session killed, silent for too long (MySQL).
     */
    private static final Set<Integer> OF_SERVERS =
        Set.of(
            1036, 1047, 1053, 1077, 1079, 1290, 1792, 1836, 1874, 1927, 3032, 3100, 3168, 3169,
            4031);

    /**
     * No right: to a database, to a table, to a column, to do something that is not about one of
     * these, to call a routine.
     */
    private static final Set<Integer> DENIALS = Set.of(1044, 1142, 1143, 1227, 1370);

    private ServerErrors() {}

    /**
     * Whether the server takes no statements of this session any more, or no writes: another
     * connection may reach another server.
     */
    static boolean endsSession(MySQLException error) {
      return OF_SERVERS.contains(error.getErrorCode())
          || sqlState(error).startsWith(CONNECTION_CLASS)
          || sqlState(error).equals(READ_ONLY_STATE);
    }

    /**
     * Whether it is the row that the server refuses, so that it would refuse it the next time too.
     * Whatever is not known as such (a lock, the disk, memory, rights, a table that is not there)
     * is a matter of the server.
     */
    static boolean concernsRow(MySQLException error) {
      return OF_ROWS.contains(error.getErrorCode())
          || !OF_STATEMENTS.contains(error.getErrorCode())
              && sqlState(error).length() == 5
              && CLASSES_OF_ROWS.contains(sqlState(error).substring(0, 2));
    }

    /** Whether the account lacks a right, which the message names. */
    static boolean deniesRight(MySQLException error) {
      return DENIALS.contains(error.getErrorCode());
    }

    private static String sqlState(MySQLException error) {
      return error.getSqlState() == null ? "" : error.getSqlState();
    }
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
