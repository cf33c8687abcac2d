package sekisho.app;

/** The service can't start; the message is one line for the operator. */
public final class StartException extends RuntimeException {

  public StartException(String message) {
    super(message);
  }
}
