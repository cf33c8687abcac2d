package sekisho.http.connection;

/** A listener can't be opened; the message is one line for the operator. */
public final class ListenException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ListenException(String message) {
    super(message);
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
