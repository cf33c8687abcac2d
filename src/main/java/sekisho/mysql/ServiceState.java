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
 * @param counted the highest id that the state tables cover, at most the watermark
 * @param generation the history that Redis must hold; empty while the stores are being replaced
 */
public record ServiceState(long watermark, long counted, String generation) {

  private static final char SEPARATOR = '/';
  private static final String READ = Sql.statement("read_state.sql");
  private static final String LOCK = Sql.statement("lock_state.sql");

  /**
   * Reads the row and locks it until the transaction ends.
   *
   * @param transaction the transaction, not null
   * @return the row; empty in a database that no service has used yet
   * @throws DatabaseException also when a newer version of the service has written it
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
      StoreFormat.problem("MySQL", row.getLong("format"))
          .ifPresent(
              problem -> {
                throw new DatabaseException(problem, null);
              });
      long watermark = row.getLong("watermark");
      Long counted = row.getLong("counted");
      return Optional.of(
          new ServiceState(
              watermark, counted == null ? watermark : counted, row.getString("generation")));
    }
    return Optional.empty();
  }

  /**
   * What the generation is one of: a history has a new generation after each repair, and ends when
   * the stores are replaced.
   *
   * @return the history's name; empty while the stores are being replaced
   */
  public String history() {
    return historyOf(generation);
  }

  /**
   * The history of a generation.
   *
   * @param generation its name, not null
   * @return the part that all generations of one history begin with
   */
  public static String historyOf(String generation) {
    int end = generation.indexOf(SEPARATOR);
    return end < 0 ? generation : generation.substring(0, end);
  }

  /**
   * A name for the generation after this one, in the same history.
   *
   * @return a name that no generation had
   */
  public String nextGeneration() {
    String history = history();
    long number =
        history.equals(generation) ? 1 : Long.parseLong(generation.substring(history.length() + 1));
    return history + SEPARATOR + (number + 1);
  }

  /**
   * A name for the first generation of a history.
   *
   * @return a name that no generation had
   */
  public static String newHistory() {
    return UUID.randomUUID().toString();
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
    return "MySQL has attempts up to "
        + watermark
        + " only, though it had them up to "
        + once
        + " before: restore a backup that is not older, or run `make rebuild` to go on without those";
  }
}
