package sekisho.testing.history;

import java.util.OptionalLong;
import sekisho.login.OperatorAct;

/**
 * An act as the operator saw it. Its reason identifies it: no two acts of a history share one.
 *
 * @param userId the user it is done to; empty where it is done to an address
 * @param subject the name of the user, or the address
 * @param start when it was sent, on the clock of {@link ClientAttempt#start()}
 * @param end when the answer was there, or the operator gave up
 * @param confirmed whether the service told that it is in the history for good
 */
public record ClientAct(
    OperatorAct.Kind kind,
    OptionalLong userId,
    String subject,
    String reason,
    long start,
    long end,
    boolean confirmed)
    implements Seen {

  /** Whether a row is of this act. */
  boolean isOf(OperatorAct row) {
    return kind == row.kind() && userId.equals(row.userId()) && subject.equals(row.subject());
  }

  /** Whether it is done to the address or the user of an attempt. */
  boolean concerns(ClientAttempt attempt) {
    return userId.isPresent() ? userId.equals(attempt.userId()) : subject.equals(attempt.address());
  }

  @Override
  public String toString() {
    return kind + " of '" + subject + "', " + reason + (confirmed ? "" : ", not confirmed");
  }
}
