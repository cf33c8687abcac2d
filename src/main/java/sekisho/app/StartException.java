package sekisho.app;

/** The service can't start; the message is one line for the operator. */
public final class StartException extends RuntimeException {

  /**
   * Makes the exception.
   *
   * @param message one line on what is wrong and what to do, not null
   */
  public StartException(String message) {
    super(message);
  }
}
