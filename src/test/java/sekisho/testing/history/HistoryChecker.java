package sekisho.testing.history;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import sekisho.login.Counters;
import sekisho.login.HistoryEntry;
import sekisho.login.OperatorAct;
import sekisho.login.Outcome;
import sekisho.login.RecordedAttempt;
import sekisho.login.Rules;
import sekisho.login.Thresholds;
import sekisho.testing.history.Violation.Kind;

/**
 * Checks the promise of SPEC.md, section 6, on what clients saw and what the stores hold: every
 * answered attempt is recorded exactly once and in order, and every answer is the one that the fold
 * of the log before it demands. Does no I/O.
 */
public final class HistoryChecker {

  private final Thresholds thresholds;

  public HistoryChecker(Thresholds thresholds) {
    this.thresholds = thresholds;
  }

  /**
   * Checks a history.
   *
   * @return what is wrong with it; empty when all is well
   * @throws IllegalArgumentException if two attempts share both name and address, or two acts their
   *     reason
   */
  public List<Violation> check(History history) {
    Violations found = new Violations();
    AttemptIndex attempts = new AttemptIndex(history.attempts());
    ActIndex acts = new ActIndex(history.acts(), history.log());
    ReportCheck reports = new ReportCheck(thresholds);
    int inAnyCase = scan(history, attempts, acts, reports, found);
    for (ClientAttempt attempt : missing(history.attempts(), attempts)) {
      if (!history.mayBeLost().test(attempt)) {
        found.add(Kind.LOST, "%s", attempt);
      }
    }
    acts.missing().stream()
        .filter(act -> act.confirmed() && !history.mayBeLost().test(act))
        .forEach(act -> found.add(Kind.LOST, "%s", act));
    Map<Seen, Integer> places = new HashMap<>(attempts.places());
    places.putAll(acts.places());
    history.reports().forEach(report -> reports.check(report, places, inAnyCase, found));
    history.differences().forEach(difference -> found.add(Kind.VERIFY, "%s", difference));
    return found.all();
  }

  /** The attempts that were answered and are not in the log, whether they may be lost or not. */
  public static List<ClientAttempt> missing(History history) {
    AttemptIndex attempts = new AttemptIndex(history.attempts());
    for (RecordedAttempt row : history.loggedAttempts()) {
      ClientAttempt attempt = attempts.of(row);
      if (attempt != null) {
        attempts.place(attempt, 0);
      }
    }
    return missing(history.attempts(), attempts);
  }

  /** The acts, confirmed or not, that are not in the log. */
  public static List<ClientAct> missingActs(History history) {
    return new ActIndex(history.acts(), history.log()).missing();
  }

  private static List<ClientAttempt> missing(List<ClientAttempt> all, AttemptIndex attempts) {
    return all.stream()
        .filter(attempt -> attempt.answer().isPresent() && !attempts.places().containsKey(attempt))
        .toList();
  }

  /** Goes through the log once; returns how many rows were there before the first attempt. */
  private int scan(
      History history,
      AttemptIndex attempts,
      ActIndex acts,
      ReportCheck reports,
      Violations found) {
    Counters counters = new Counters();
    WrongAnswers wrongAnswers = new WrongAnswers(thresholds);
    UnansweredAttempts unanswered =
        new UnansweredAttempts(
            history.attempts(),
            history.loggedAttempts().stream()
                .map(attempts::of)
                .filter(Objects::nonNull)
                .collect(Collectors.toSet()));
    Seen latestStart = null;
    long last = 0;
    int inAnyCase = 0;
    for (int i = 0; i < history.log().size(); i++) {
      HistoryEntry row = history.log().get(i);
      if (row.sequence() <= last) {
        found.add(Kind.IDS_NOT_RISING, "number %d comes after %d", row.sequence(), last);
      }
      last = row.sequence();
      if (row.sequence() <= history.before()) {
        inAnyCase = i + 1;
      } else {
        Seen seen =
            row instanceof RecordedAttempt attempt
                ? identify(attempt, i, attempts, found)
                : acts.identify((OperatorAct) row, i, found);
        if (seen != null) {
          if (latestStart != null && seen.endedBefore(latestStart)) {
            found.add(
                Kind.REORDERED,
                "number %d, %s, ended before %s began, which comes first in the log",
                row.sequence(),
                seen,
                latestStart);
          }
          if (latestStart == null || seen.start() > latestStart.start()) {
            latestStart = seen;
          }
        }
        if (row instanceof OperatorAct act) {
          wrongAnswers.next(act);
        } else if (!(seen instanceof ClientAttempt attempt)) {
          wrongAnswers.next((RecordedAttempt) row, Optional.empty(), found);
        } else if (acts.mayHaveMet(attempt) || unanswered.mayHaveMet(attempt)) {
          wrongAnswers.next((RecordedAttempt) row, Optional.empty(), found);
        } else {
          compare((RecordedAttempt) row, attempt, counters, found);
          wrongAnswers.next((RecordedAttempt) row, attempt.answer(), found);
        }
      }
      counters.apply(row);
      reports.next(i, row, counters);
    }
    return inAnyCase;
  }

  /** The attempt of a row that is its first; null when there is none. */
  private static ClientAttempt identify(
      RecordedAttempt row, int index, AttemptIndex attempts, Violations found) {
    ClientAttempt attempt = attempts.of(row);
    if (attempt == null) {
      found.add(
          Kind.UNKNOWN_ROW, "attempt %d: '%s' from %s", row.sequence(), row.login(), row.address());
      return null;
    }
    if (!attempts.place(attempt, index)) {
      found.add(Kind.DUPLICATED, "attempt %d: %s", row.sequence(), attempt);
      return null;
    }
    if (!attempt.userId().equals(row.userId())) {
      found.add(
          Kind.WRONG_USER,
          "attempt %d: %s, as user %s instead of %s",
          row.sequence(),
          attempt,
          row.userId(),
          attempt.userId());
    }
    return attempt;
  }

  private void compare(
      RecordedAttempt row, ClientAttempt attempt, Counters before, Violations found) {
    long ofAddress = before.addressFailures().getOrDefault(row.address(), 0L);
    long ofUser =
        row.userId().isPresent()
            ? before.userFailures().getOrDefault(row.userId().getAsLong(), 0L)
            : 0;
    Outcome due = Rules.decide(thresholds, false, ofAddress, ofUser, attempt.passwordMatches());
    if (row.succeeded() != due.succeeded()) {
      found.add(
          Kind.ROW_AGAINST_FOLD,
          "attempt %d, %s, though due is %s; recorded as %s",
          row.sequence(),
          attempt,
          due,
          row.succeeded() ? "success" : "failure");
    }
    attempt
        .answer()
        .filter(answer -> answer != due)
        .ifPresent(
            answer ->
                found.add(
                    against(answer, due),
                    "attempt %d, %s, though due is %s: %d failures of the address and %d of the user before it",
                    row.sequence(),
                    attempt,
                    due,
                    ofAddress,
                    ofUser));
  }

  private static Kind against(Outcome answer, Outcome due) {
    if (answer == Outcome.BANNED || due == Outcome.BANNED) {
      return Kind.ANSWER_AGAINST_ADDRESS;
    }
    return answer == Outcome.LOCKED || due == Outcome.LOCKED
        ? Kind.ANSWER_AGAINST_USER
        : Kind.ANSWER_AGAINST_PASSWORD;
  }
}
