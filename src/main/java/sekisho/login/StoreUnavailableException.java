package sekisho.login;

/**
 * The store can't answer now; the client may try again later. Thrown often under an outage, so
 * without a stack trace.
 */
public final class StoreUnavailableException extends RuntimeException {

  public StoreUnavailableException(String message) {
    super(message, null, false, false);
  }
}
