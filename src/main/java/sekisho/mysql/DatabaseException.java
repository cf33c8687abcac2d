package sekisho.mysql;

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
}
