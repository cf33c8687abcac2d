package sekisho.mysql;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.Optional;

/**
 * The row of the table {@code service_state}.
 *
 * @param watermark the highest {@code login_log.id} that the flush has written, 0 for none
 * @param generation the history that Redis must hold; empty while the stores are being replaced
 */
public record ServiceState(long watermark, String generation) {

  private static final String LOCK = Sql.statement("lock_state.sql");

  /**
   * Reads the row and locks it until the transaction ends.
   *
   * @param transaction the transaction, not null
   * @return the row; empty in a database that no service has used yet
   */
  public static Optional<ServiceState> lock(Database.Transaction transaction) {
    RowSet<Row> rows = transaction.query(LOCK);
    for (Row row : rows) {
      return Optional.of(new ServiceState(row.getLong("watermark"), row.getString("generation")));
    }
    return Optional.empty();
  }

  /**
   * Whether the stores are being replaced, or their replacement was cut short.
   *
   * @return true while no generation is in force
   */
  public boolean beingReplaced() {
    return generation.isEmpty();
  }

  /**
   * Says what is wrong when MySQL once had more.
   *
   * @param once the watermark that was seen before
   * @return one line for an operator
   */
  public String lack(long once) {
    return "MySQL has attempts up to " + watermark + " only, though it had them up to " + once
        + " before: restore a backup that is not older, or run `make rebuild` to go on without those";
  }
}
