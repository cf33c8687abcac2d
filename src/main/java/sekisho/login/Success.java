package sekisho.login;

import java.time.Instant;
import java.util.Objects;

/**
 * One accepted login of a user.
 *
 * @param at when it was decided, in milliseconds
 * @param address the canonical client address
 */
public record Success(Instant at, String address) {

  /** Checks that nothing is missing. */
  public Success {
    Objects.requireNonNull(at);
    Objects.requireNonNull(address);
  }
}
