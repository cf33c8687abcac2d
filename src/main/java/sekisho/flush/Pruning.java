package sekisho.flush;

import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.locks.LockSupport;
import sekisho.login.StoreUnavailableException;
import sekisho.login.Thresholds;
import sekisho.mysql.Database;
import sekisho.mysql.ServiceState;
import sekisho.mysql.Statements;

/**
 * Takes the oldest attempts out of the log (SPEC section 10). What they count goes into base
 * tables, from which everything that folds the history begins: so no counter, report or comparison
 * changes.
 *
 * <p>A step is one transaction that adds a run of attempts to the base tables, removes it from the
 * log and moves {@code service_state.pruned} over it; whatever ends it leaves all three as they
 * were. The acts of operators stay. Calls block.
 */
public final class Pruning {

  /** Attempts of one step, during which no flush can write. */
  private static final int STEP = 5_000;

  private static final String BASE = "pruned_";
  private static final String OLDEST = Statements.statement("flush/oldest_attempts");
  private static final String REMOVE = Statements.statement("flush/remove_attempts");
  private static final String REMOVE_FILTERS = Statements.statement("flush/remove_filters");
  private static final String SET_PRUNED = Statements.statement("flush/set_pruned");

  private final Database database;
  private final Thresholds thresholds;

  /**
   * What was done.
   *
   * @param removed how many attempts were removed
   * @param pruned all attempts up to this number are removed
   */
  public record Result(long removed, long pruned) {}

  /**
   * @param thresholds at which a ban and a lock begin
   */
  public Pruning(Database database, Thresholds thresholds) {
    this.database = database;
    this.thresholds = thresholds;
  }

  /**
   * Removes attempts from the beginning of the log up to the first one that is not older.
   *
   * @param limit when the first attempt that stays may have been; well before now
   * @throws StoreUnavailableException when the stores are being replaced
   */
  public Result before(Instant limit) {
    long removed = 0;
    while (true) {
      long began = System.nanoTime();
      Result step = database.inTransaction(transaction -> step(transaction, limit));
      removed += step.removed();
      if (step.removed() == 0) {
        return new Result(removed, step.pruned());
      }
      // As long as the step took: a flush that waits for the lock gets it.
      LockSupport.parkNanos(System.nanoTime() - began);
    }
  }

  private Result step(Database.Transaction transaction, Instant limit) {
    ServiceState state =
        ServiceState.lock(transaction)
            .filter(found -> !found.beingReplaced())
            .orElseThrow(() -> new StoreUnavailableException("the stores are being replaced"));
    long end = state.pruned();
    for (Row row : transaction.query(OLDEST, state.pruned(), state.watermark(), STEP)) {
      if (!row.getLocalDateTime(1).toInstant(ZoneOffset.UTC).isBefore(limit)) {
        break;
      }
      end = row.getLong(0);
    }
    if (end == state.pruned()) {
      return new Result(0, end);
    }
    StateDelta changes = new StateDelta(thresholds);
    HistoryRows.read(transaction::query, state.pruned(), end, changes::add);
    new StateTables(transaction, thresholds, BASE).apply(changes);
    long removed = transaction.query(REMOVE, state.pruned(), end).rowCount();
    transaction.query(REMOVE_FILTERS, end);
    if (transaction.query(SET_PRUNED, end, state.pruned()).rowCount() != 1) {
      throw new StoreUnavailableException("somebody else prunes meanwhile");
    }
    return new Result(removed, end);
  }
}
