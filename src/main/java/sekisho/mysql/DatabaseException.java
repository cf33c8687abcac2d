package sekisho.mysql;

import io.vertx.mysqlclient.MySQLException;

/** MySQL failed or is out of reach; the message is one line for an operator. */
public final class DatabaseException extends RuntimeException {

  /**
   * Makes the exception.
   *
   * @param message one line, not null
   * @param cause what the client said, may be null
   */
  public DatabaseException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * What the server said, without the braces, error code and SQL state that the client wraps it in.
   *
   * @param refused the client's exception, not null
   * @return the server's own words
   */
  public static String wordsOf(MySQLException refused) {
    return refused.getMessage().replaceFirst("(?s)^\\{errorMessage=(.*), errorCode=\\d+, sqlState=[^,}]*}$", "$1");
  }
}
