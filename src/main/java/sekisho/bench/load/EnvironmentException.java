package sekisho.bench.load;

/**
 * The run cannot start, for a reason outside the service's correctness. The message is one line
 * that says what to do.
 */
public final class EnvironmentException extends RuntimeException {

  public EnvironmentException(String message) {
    super(message, null, false, false);
  }
}
