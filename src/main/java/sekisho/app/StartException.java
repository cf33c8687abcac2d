package sekisho.app;

import org.jspecify.annotations.Nullable;

/** The service can't start; the message is one line for the operator. */
public final class StartException extends RuntimeException {

  public StartException(@Nullable String message) {
    super(message);
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
