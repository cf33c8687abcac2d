package sekisho.ops;

/** What an operator asked for can't be done; the message says why in one line. */
public final class OperatorException extends RuntimeException {

  public OperatorException(String message) {
    super(message, null, false, false);
  }
}
