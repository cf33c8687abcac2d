package sekisho.mysql;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.Optional;
import java.util.UUID;
import sekisho.login.StoreFormat;

/**
 * The row of the table {@code service_state}.
 *
 * @param watermark the highest {@code login_log.id} that the flush has written, 0 for none
 * @param pruned attempts up to this number were taken out of the log, 0 for none
 * @param counted the highest id that the state tables cover, at most the watermark
 * @param epoch the history that Redis must hold; empty while the stores are being replaced
 */
public record ServiceState(long watermark, long counted, long pruned, String epoch) {

  private static final char SEPARATOR = '/';
  private static final String READ = Statements.statement("state/read_state");
  private static final String LOCK = Statements.statement("state/lock_state");

  /**
   * Reads the row and locks it until the transaction ends.
   *
   * @return the row; empty in a database that no service has used yet
   * @throws DatabaseException also when a newer version of the service has written it
   */
  public static Optional<ServiceState> lock(Database.Transaction transaction) {
    return read(transaction, LOCK);
  }

  /**
   * Reads the row as of the transaction's moment.
   *
   * @return the row; empty in a database that no service has used yet
   */
  public static Optional<ServiceState> read(Database.Transaction transaction) {
    return read(transaction, READ);
  }

  private static Optional<ServiceState> read(Database.Transaction transaction, String statement) {
    RowSet<Row> rows = transaction.query(statement);
    for (Row row : rows) {
      StoreFormat.problem("MySQL", row.getLong("format"))
          .ifPresent(
              problem -> {
                throw new DatabaseException(problem, null);
              });
      long watermark = row.getLong("watermark");
      Long counted = row.getLong("counted");
      return Optional.of(
          new ServiceState(
              watermark,
              counted == null ? watermark : counted,
              row.getLong("pruned"),
              row.getString("generation")));
    }
    return Optional.empty();
  }

  /**
   * What the epoch is one of: a history has a new epoch after each repair, and ends when the stores
   * are replaced.
   *
   * @return the history's name; empty while the stores are being replaced
   */
  public String history() {
    return historyOf(epoch);
  }

  /**
   * The history of an epoch.
   *
   * @param epoch its name
   * @return the part that all epochs of one history begin with
   */
  public static String historyOf(String epoch) {
    int end = epoch.indexOf(SEPARATOR);
    return end < 0 ? epoch : epoch.substring(0, end);
  }

  /**
   * A name for the epoch after this one, in the same history.
   *
   * @return a name that no epoch had
   */
  public String nextEpoch() {
    String history = history();
    long number = history.equals(epoch) ? 1 : Long.parseLong(epoch.substring(history.length() + 1));
    return history + SEPARATOR + (number + 1);
  }

  /**
   * A name for the first epoch of a history.
   *
   * @return a name that no epoch had
   */
  public static String newHistory() {
    return UUID.randomUUID().toString();
  }

  /**
   * Whether the stores are being replaced, or their replacement was cut short.
   *
   * @return true while no epoch is in force
   */
  public boolean beingReplaced() {
    return epoch.isEmpty();
  }

  /**
   * Says what is wrong when MySQL once had more.
   *
   * @param once the watermark that was seen before
   * @return one line for an operator
   */
  public String lack(long once) {
    return "MySQL has attempts up to "
        + watermark
        + " only, though it had them up to "
        + once
        + " before: restore a backup that is not older, or run `make rebuild` to go on without those";
  }
}
