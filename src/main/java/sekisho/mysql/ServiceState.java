package sekisho.mysql;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.Optional;

/**
 * The row of the table {@code service_state}.
 *
 * @param watermark the highest {@code login_log.id} that the flush has written, 0 for none
 * @param counted the highest id that the state tables cover, at most the watermark
 * @param generation the history that Redis must hold; empty while the stores are being replaced
 */
public record ServiceState(long watermark, long counted, String generation) {

  private static final String READ = Sql.statement("read_state.sql");
  private static final String LOCK = Sql.statement("lock_state.sql");

  /**
   * Reads the row and locks it until the transaction ends.
   *
   * @param transaction the transaction, not null
   * @return the row; empty in a database that no service has used yet
   */
  public static Optional<ServiceState> lock(Database.Transaction transaction) {
    return read(transaction, LOCK);
  }

  /**
   * Reads the row as of the transaction's moment.
   *
   * @param transaction the transaction, not null
   * @return the row; empty in a database that no service has used yet
   */
  public static Optional<ServiceState> read(Database.Transaction transaction) {
    return read(transaction, READ);
  }

  private static Optional<ServiceState> read(Database.Transaction transaction, String statement) {
    RowSet<Row> rows = transaction.query(statement);
    for (Row row : rows) {
      long watermark = row.getLong("watermark");
      Long counted = row.getLong("counted");
      return Optional.of(new ServiceState(watermark, counted == null ? watermark : counted, row.getString("generation")));
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
}
