package sekisho.flush;

/**
 * The log rows were not loaded as they should be; the transaction must be rolled back and done in
 * the exact way.
 */
final class LoadDataException extends RuntimeException {

  private final boolean impossible;

  LoadDataException(String message, boolean impossible) {
    super(message);
    this.impossible = impossible;
  }

  /** Whether it will be so the next time too. */
  boolean isImpossible() {
    return impossible;
  }
}
