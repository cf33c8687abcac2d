package sekisho.login;

import org.jspecify.annotations.Nullable;

/**
 * The store can't answer now; the client may try again later. Thrown often under an outage, so
 * without a stack trace.
 */
public final class StoreUnavailableException extends RuntimeException {

  public StoreUnavailableException(@Nullable String message) {
    super(message, null, false, false);
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
