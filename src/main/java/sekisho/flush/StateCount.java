package sekisho.flush;

import sekisho.login.StoreUnavailableException;
import sekisho.login.Thresholds;
import sekisho.mysql.Database;
import sekisho.mysql.ServiceState;
import sekisho.mysql.Statements;

/**
 * Keeps the state tables up with the log. They may lag behind the watermark, so that a row of
 * theirs is written once for many attempts; {@code service_state.counted} says how far they are.
 * What this process appended since is remembered, and what others appended is read from the log
 * again. Thread-safe.
 */
final class StateCount {

  /**
   * Attempts that the state tables may lag behind; to count so many again after a crash takes some
   * seconds.
   */
  private static final long MAX_LAG = 1_000_000;

  /** Rows of the state tables whose changes are kept in memory, of some 100 bytes each. */
  private static final int MAX_ROWS = 400_000;

  private static final ServiceState NOTHING = new ServiceState(0, 0, 0, "");
  private static final String SET_COUNTED = Statements.statement("flush/set_counted");

  private final Database database;
  private final int maxRows;
  private final Thresholds thresholds;
  private StateDelta changes;

  /** {@link #changes} is the fold of the log above the first number up to the second one. */
  private long from;

  private long to;

  /** The history that it is of: in another one the same numbers are of other attempts. */
  private String epoch = "";

  StateCount(Database database, Thresholds thresholds) {
    this(database, thresholds, MAX_ROWS);
  }

  StateCount(Database database, Thresholds thresholds, int maxRows) {
    this.database = database;
    this.thresholds = thresholds;
    this.changes = new StateDelta(thresholds);
    this.maxRows = maxRows;
  }

  /**
   * Remembers attempts that were committed to the log.
   *
   * @param run what they change
   * @param before the state before them
   * @param after the watermark with them
   */
  synchronized void appended(StateDelta run, ServiceState before, long after) {
    if (before.watermark() != to || !before.epoch().equals(epoch)) {
      forget(before);
    }
    changes.addAll(run);
    to = after;
  }

  /**
   * Forgets what was gathered: something else was committed to the log, and is read from there when
   * it is counted.
   */
  synchronized void appendedOther() {
    forget(NOTHING);
  }

  /** Whether so much has gathered that the state tables should be brought up to date. */
  synchronized boolean isDue() {
    return changes.rows() >= maxRows || to - from >= MAX_LAG;
  }

  /** Brings the state tables up to the watermark. */
  synchronized void bringUpToDate() {
    try {
      forget(database.inTransaction(this::count));
    } catch (RuntimeException e) {
      // It may be in effect or not: the number in service_state will tell, and the log is there to
      // count from.
      forget(NOTHING);
      throw e;
    }
  }

  private ServiceState count(Database.Transaction transaction) {
    ServiceState state =
        ServiceState.lock(transaction)
            .filter(found -> !found.beingReplaced())
            .orElseThrow(() -> new StoreUnavailableException("the stores are being replaced"));
    if (state.counted() == state.watermark()) {
      return state;
    }
    StateTables tables = new StateTables(transaction, thresholds);
    if (from == state.counted() && to == state.watermark() && epoch.equals(state.epoch())) {
      tables.apply(changes);
    } else {
      recount(transaction, tables, state);
    }
    if (transaction.query(SET_COUNTED, state.watermark(), state.counted()).rowCount() != 1) {
      throw new StoreUnavailableException("the state tables were counted by somebody else");
    }
    return state;
  }

  private void recount(Database.Transaction transaction, StateTables tables, ServiceState state) {
    forget(NOTHING);
    HistoryRows.read(
        transaction::query,
        state.counted(),
        state.watermark(),
        entry -> {
          changes.add(entry);
          if (changes.rows() >= maxRows) {
            tables.apply(changes);
            changes = new StateDelta(thresholds);
          }
        });
    tables.apply(changes);
  }

  /** Begins anew above the watermark. */
  private void forget(ServiceState state) {
    changes = new StateDelta(thresholds);
    from = state.watermark();
    to = state.watermark();
    epoch = state.epoch();
  }
}
