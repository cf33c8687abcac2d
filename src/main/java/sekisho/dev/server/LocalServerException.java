package sekisho.dev.server;

/**
 * A local server cannot be started or stopped. The message is one line for the operator: what
 * failed and what to do.
 */
public final class LocalServerException extends RuntimeException {

  LocalServerException(String message) {
    super(message);
  }

  LocalServerException(String message, Throwable cause) {
    super(message, cause);
  }
}
