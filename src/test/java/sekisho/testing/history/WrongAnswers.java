package sekisho.testing.history;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import sekisho.login.OperatorAct;
import sekisho.login.Outcome;
import sekisho.login.RecordedAttempt;
import sekisho.login.Thresholds;
import sekisho.testing.history.Violation.Kind;

/**
 * Counts, by what clients were told, WRONG answers between two successes or pardons; knows nothing
 * of the fold.
 */
final class WrongAnswers {

  private final Thresholds thresholds;
  private final Map<Long, Integer> ofUser = new HashMap<>();
  private final Map<String, Integer> ofAddress = new HashMap<>();

  WrongAnswers(Thresholds thresholds) {
    this.thresholds = thresholds;
  }

  /** Takes an act: a pardon begins anew as a success does. */
  void next(OperatorAct act) {
    if (act.kind() == OperatorAct.Kind.PARDON) {
      act.userId().ifPresentOrElse(ofUser::remove, () -> ofAddress.remove(act.subject()));
    }
  }

  /** Takes the next row of the log, and the answer to it if there was one. */
  void next(RecordedAttempt row, Optional<Outcome> answer, Violations found) {
    if (row.succeeded()) {
      ofAddress.remove(row.address());
      row.userId().ifPresent(ofUser::remove);
    } else if (answer.equals(Optional.of(Outcome.WRONG))) {
      if (ofAddress.merge(row.address(), 1, Integer::sum) > thresholds.ipBan()) {
        found.add(
            Kind.TOO_MANY_WRONG_FOR_ADDRESS,
            "attempt %d: answer WRONG number %d for %s",
            row.sequence(),
            ofAddress.get(row.address()),
            row.address());
      }
      if (row.userId().isPresent()
          && ofUser.merge(row.userId().getAsLong(), 1, Integer::sum) > thresholds.userLock()) {
        found.add(
            Kind.TOO_MANY_WRONG_FOR_USER,
            "attempt %d: answer WRONG number %d for '%s'",
            row.sequence(),
            ofUser.get(row.userId().getAsLong()),
            row.login());
      }
    }
  }
}
