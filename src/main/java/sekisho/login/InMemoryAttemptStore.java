package sekisho.login;

import io.vertx.core.Future;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The meaning of the rules in its plainest form, against which the Redis store is tested. It keeps
 * nothing across restarts. Thread-safe by one lock.
 */
public final class InMemoryAttemptStore implements AttemptStore {

  private final Thresholds thresholds;
  private final Clock clock;
  private final Counters counters = new Counters();
  private final List<HistoryEntry> history = new ArrayList<>();

  /**
   * Makes an empty store.
   *
   * @param thresholds the limits
   * @param clock gives the time of each attempt
   */
  public InMemoryAttemptStore(Thresholds thresholds, Clock clock) {
    this.thresholds = Objects.requireNonNull(thresholds);
    this.clock = Objects.requireNonNull(clock);
  }

  @Override
  public synchronized Future<Outcome> decide(Attempt attempt) {
    Outcome outcome = Rules.decide(thresholds, counters, attempt);
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    RecordedAttempt recorded =
        new RecordedAttempt(
            history.size() + 1L,
            now,
            attempt.userId(),
            attempt.login(),
            attempt.address(),
            outcome.succeeded());
    history.add(recorded);
    counters.apply(recorded);
    return Future.succeededFuture(outcome);
  }

  @Override
  public synchronized Future<Optional<LastLogins>> lastLogins(long userId) {
    return Future.succeededFuture(Optional.ofNullable(counters.lastLogins().get(userId)));
  }

  /**
   * Takes an operator's act.
   *
   * @param act its number and time are not looked at
   */
  public synchronized void take(OperatorAct act) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    OperatorAct taken =
        new OperatorAct(
            history.size() + 1L,
            now,
            act.kind(),
            act.userId(),
            act.subject(),
            act.operator(),
            act.reason());
    history.add(taken);
    counters.apply(taken);
  }

  /**
   * The history so far.
   *
   * @return a copy, in the order of decisions
   */
  public synchronized List<HistoryEntry> history() {
    return List.copyOf(history);
  }

  /**
   * The login log so far.
   *
   * @return a copy, in the order of decisions
   */
  public synchronized List<RecordedAttempt> log() {
    return history.stream()
        .filter(RecordedAttempt.class::isInstance)
        .map(RecordedAttempt.class::cast)
        .toList();
  }
}
