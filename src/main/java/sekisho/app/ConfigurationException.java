package sekisho.app;

/**
 * A setting is wrong, unknown or contradicts another; the message is one line that names it and
 * says what to do.
 */
public final class ConfigurationException extends RuntimeException {

  public ConfigurationException(String message) {
    super(message);
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
