package sekisho.dev.twin;

import io.vertx.core.Future;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import sekisho.login.Attempt;
import sekisho.login.AttemptStore;
import sekisho.login.Counters;
import sekisho.login.LastLogins;
import sekisho.login.Outcome;
import sekisho.login.RecordedAttempt;
import sekisho.login.Rules;
import sekisho.login.Thresholds;
import sekisho.report.Report;

/**
 * Counters in memory, and no log: what programs do that are written for one benchmark. Shared by
 * all event loops, under one lock.
 */
final class ForgetfulStore implements AttemptStore {

  private final Thresholds thresholds;
  private final Clock clock = Clock.systemUTC();
  private final Counters counters = new Counters();
  private long attempts;

  /**
   * @param seed the attempts before the first one
   */
  ForgetfulStore(Thresholds thresholds, List<RecordedAttempt> seed) {
    this.thresholds = thresholds;
    seed.forEach(counters::apply);
    attempts = seed.size();
  }

  @Override
  public synchronized Future<Outcome> decide(Attempt attempt) {
    Outcome outcome = Rules.decide(thresholds, counters, attempt);
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    counters.apply(
        new RecordedAttempt(
            ++attempts,
            now,
            attempt.userId(),
            attempt.login(),
            attempt.address(),
            outcome.succeeded()));
    return Future.succeededFuture(outcome);
  }

  @Override
  public synchronized Future<Optional<LastLogins>> lastLogins(long userId) {
    return Future.succeededFuture(Optional.ofNullable(counters.lastLogins().get(userId)));
  }

  /**
   * Makes the report.
   *
   * @param nameOf gives a user's name by the id
   */
  synchronized Report report(LongFunction<String> nameOf) {
    return new Report(
        over(counters.addressFailures(), thresholds.ipBan()),
        over(counters.userFailures(), thresholds.userLock()).stream().map(nameOf::apply).toList());
  }

  private static <K> List<K> over(Map<K, Long> failures, int threshold) {
    return failures.entrySet().stream()
        .filter(entry -> entry.getValue() >= threshold)
        .map(Map.Entry::getKey)
        .toList();
  }
}
