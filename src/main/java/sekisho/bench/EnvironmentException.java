package sekisho.bench;

/**
 * The run cannot start, for a reason outside the service's correctness. The message is one line
 * that says what to do.
 */
final class EnvironmentException extends RuntimeException {

  EnvironmentException(String message) {
    super(message, null, false, false);
  }
}
