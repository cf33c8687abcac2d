package sekisho.login;

import java.time.Instant;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * What an operator did to an address or a user (SPEC section 10). It has a place in the history
 * like an attempt.
 *
 * @param sequence its place in the order, from 1; becomes {@code operator_events.id}
 * @param at when Redis took it, in milliseconds
 * @param kind what was done
 * @param userId the user it was done to; empty where it was done to an address
 * @param subject the user's name, 1 to 255 characters, or the canonical address
 * @param operator who did it, 1 to 255 characters, without control characters
 * @param reason why, 0 to 255 characters, without control characters
 */
public record OperatorAct(
    long sequence,
    Instant at,
    Kind kind,
    OptionalLong userId,
    String subject,
    String operator,
    String reason)
    implements HistoryEntry {

  /** What an operator can do. */
  public enum Kind {
    /** Ends a ban or lock, whatever its cause. */
    PARDON,
    /** Bans an address until it is pardoned. */
    BAN,
    /** Locks a user until pardoned. */
    LOCK
  }

  /** Checks that nothing is missing, and that the act fits its subject. */
  public OperatorAct {
    Objects.requireNonNull(at);
    Objects.requireNonNull(userId);
    Objects.requireNonNull(subject);
    Objects.requireNonNull(operator);
    Objects.requireNonNull(reason);
    if (kind == Kind.BAN && userId.isPresent() || kind == Kind.LOCK && userId.isEmpty()) {
      throw new IllegalArgumentException("addresses are banned and users are locked");
    }
  }

  /** What it changes in the counter of its subject, for {@link CounterChange}. */
  public long change() {
    return kind == Kind.PARDON ? CounterChange.PARDON : CounterChange.BAR;
  }
}
