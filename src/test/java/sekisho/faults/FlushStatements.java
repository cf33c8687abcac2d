package sekisho.faults;

import static sekisho.testing.StoreGate.When.BEFORE;

import java.util.function.Predicate;
import sekisho.testing.StoreGate;
import sekisho.testing.StoreGate.Hold;
import sekisho.testing.StoreGate.When;

/** The statements of a flush, by which a gate before MySQL can stop it. */
final class FlushStatements {

  /**
   * Brings a portion of the queue into the log; not what looks at the rights of the account at the
   * start.
   */
  static final Predicate<String> INSERT =
      statement ->
          statement.matches("(?i)(INSERT|LOAD DATA)\\b.*\\blogin_log\\b.*")
              && !statement.endsWith("WHERE FALSE");

  /** Ends a transaction, also one that is not a flush. */
  static final Predicate<String> COMMIT = statement -> statement.equalsIgnoreCase("COMMIT");

  private FlushStatements() {}

  /** Waits until a flush brings a portion into the log, and holds it there. */
  static Hold holdInsert(StoreGate mySql, When when) {
    return mySql.holdNext(when, INSERT).awaitHeld();
  }

  /** Waits until a flush commits what it brought into the log, and holds it there. */
  static Hold holdCommit(StoreGate mySql, When when) {
    return holdInsert(mySql, BEFORE).releaseUntil(when, COMMIT).awaitHeld();
  }
}
