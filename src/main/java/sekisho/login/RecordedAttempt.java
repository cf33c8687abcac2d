package sekisho.login;

import java.time.Instant;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * A decided attempt as the login log keeps it.
 *
 * @param sequence its place in the order of decisions, from 1; becomes {@code login_log.id}
 * @param at when it was decided, in milliseconds
 * @param userId the user of that name, empty when there is none
 * @param login the name as typed
 * @param address the canonical client address
 * @param succeeded whether the outcome was {@link Outcome#SUCCESS}
 */
public record RecordedAttempt(
    long sequence, Instant at, OptionalLong userId, String login, String address, boolean succeeded)
    implements HistoryEntry {

  /** Checks that nothing is missing. */
  public RecordedAttempt {
    Objects.requireNonNull(at);
    Objects.requireNonNull(userId);
    Objects.requireNonNull(login);
    Objects.requireNonNull(address);
  }

  /**
   * The same attempt at another place in the order.
   *
   * @param number the place, from 1
   * @return a copy with that number
   */
  public RecordedAttempt withSequence(long number) {
    return new RecordedAttempt(number, at, userId, login, address, succeeded);
  }
}
