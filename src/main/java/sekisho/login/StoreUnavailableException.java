package sekisho.login;

/**
 * The store can't answer now; the client may try again later. Thrown often under an outage, so
 * without a stack trace.
 */
public final class StoreUnavailableException extends RuntimeException {

  /**
   * Makes the exception.
   *
   * @param message one line on what is unavailable, not null
   */
  public StoreUnavailableException(String message) {
    super(message, null, false, false);
  }
}
