package sekisho.report;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import sekisho.login.LastLogins;
import sekisho.login.RecordedAttempt;
import sekisho.login.Success;

/**
 * What a run of attempts changes in the state tables, so that each address and each user costs one row however often it tried.
 *
 * @param addresses the change by address
 * @param users the change by user id
 * @param logins the last two successes of the run, by user id
 */
record Changes(Map<String, Change> addresses, Map<Long, Change> users, Map<Long, LastLogins> logins) {

  /**
   * The change of one counter.
   *
   * @param succeeded whether a success set it to zero first
   * @param failures what is added after that
   */
  record Change(boolean succeeded, long failures) {

    private static final Change SUCCESS = new Change(true, 0);

    private static Change of(RecordedAttempt attempt) {
      return attempt.succeeded() ? SUCCESS : new Change(false, 1);
    }

    private Change then(Change next) {
      return next.succeeded ? SUCCESS : new Change(succeeded, failures + next.failures);
    }

    /** Whether the counter ends at zero, which the tables show by having no row. */
    boolean clears() {
      return succeeded && failures == 0;
    }
  }

  /**
   * Folds a run.
   *
   * @param attempts the attempts in their order
   * @return the changes
   */
  static Changes of(List<RecordedAttempt> attempts) {
    Map<String, Change> addresses = new HashMap<>();
    Map<Long, Change> users = new HashMap<>();
    Map<Long, LastLogins> logins = new HashMap<>();
    for (RecordedAttempt attempt : attempts) {
      Change change = Change.of(attempt);
      addresses.merge(attempt.address(), change, Change::then);
      if (attempt.userId().isPresent()) {
        long user = attempt.userId().getAsLong();
        users.merge(user, change, Change::then);
        if (attempt.succeeded()) {
          Success success = new Success(attempt.at(), attempt.address());
          logins.compute(user, (id, known) -> known == null ? LastLogins.first(success) : known.then(success));
        }
      }
    }
    return new Changes(addresses, users, logins);
  }
}
