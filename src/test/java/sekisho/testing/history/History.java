package sekisho.testing.history;

import java.util.List;
import java.util.function.Predicate;
import sekisho.login.HistoryEntry;
import sekisho.login.RecordedAttempt;

/**
 * What clients saw, and what the stores hold afterwards.
 *
 * @param attempts every attempt, in any order
 * @param acts every act of an operator, in any order
 * @param log what MySQL has of attempts and acts and behind it the queue, in their order
 * @param before the highest sequence number that was there before the first attempt, 0 for none;
 *     rows up to it are only folded
 * @param reports reports that were read meanwhile or afterwards
 * @param differences what the service's own verification found
 * @param mayBeLost attempts and acts that need not be in the log although they were answered, as
 *     when Redis itself lost its data
 */
public record History(
    List<ClientAttempt> attempts,
    List<ClientAct> acts,
    List<HistoryEntry> log,
    long before,
    List<ReportRead> reports,
    List<String> differences,
    Predicate<Seen> mayBeLost) {

  /** A history in which nothing may be lost. */
  public History(
      List<ClientAttempt> attempts,
      List<ClientAct> acts,
      List<HistoryEntry> log,
      long before,
      List<ReportRead> reports,
      List<String> differences) {
    this(attempts, acts, log, before, reports, differences, attempt -> false);
  }

  /** The same history, in which some attempts or acts may be lost. */
  public History losing(Predicate<Seen> lossAllowed) {
    return new History(attempts, acts, log, before, reports, differences, lossAllowed);
  }

  /** The attempts of the log. */
  public List<RecordedAttempt> loggedAttempts() {
    return log.stream()
        .filter(RecordedAttempt.class::isInstance)
        .map(RecordedAttempt.class::cast)
        .toList();
  }
}
