package sekisho.testing.history;

import java.util.List;
import java.util.function.Predicate;
import sekisho.login.RecordedAttempt;

/**
 * What clients saw, and what the stores hold afterwards.
 *
 * @param attempts every attempt, in any order
 * @param log the login log and behind it the queue, in their order
 * @param before the highest sequence number that was there before the first attempt, 0 for none;
 *     rows up to it are only folded
 * @param reports reports that were read meanwhile or afterwards
 * @param differences what the service's own verification found
 * @param mayBeLost attempts that need not be in the log although they were answered, as when Redis
 *     itself lost its data
 */
public record History(
    List<ClientAttempt> attempts,
    List<RecordedAttempt> log,
    long before,
    List<ReportRead> reports,
    List<String> differences,
    Predicate<ClientAttempt> mayBeLost) {

  /** A history in which nothing may be lost. */
  public History(
      List<ClientAttempt> attempts,
      List<RecordedAttempt> log,
      long before,
      List<ReportRead> reports,
      List<String> differences) {
    this(attempts, log, before, reports, differences, attempt -> false);
  }

  /** The same history, in which some attempts may be lost. */
  public History losing(Predicate<ClientAttempt> lossAllowed) {
    return new History(attempts, log, before, reports, differences, lossAllowed);
  }
}
