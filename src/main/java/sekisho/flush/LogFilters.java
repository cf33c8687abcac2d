package sekisho.flush;

import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.ArrayList;
import java.util.List;
import sekisho.mysql.Database;
import sekisho.mysql.Statements;

/**
 * Filters over runs of the log, by which the attempts of one address or user are found without
 * reading the whole log: the table {@code log_filters}. An index would cost the flush a random
 * write for each attempt; a filter is written once for thousands. Calls block. Thread-safe.
 */
public final class LogFilters {

  /** Attempts of one run: some milliseconds to read, and two bytes of filter for each. */
  static final int RUN = 16_384;

  private static final String END = Statements.statement("flush/filters_end");
  private static final String BEGIN = Statements.statement("flush/filters_begin");
  private static final String READ = Statements.statement("flush/read_subjects");
  private static final String ADD = Statements.statement("flush/add_filter");
  private static final String FIND = Statements.statement("flush/runs_with_subject");

  private final Database database;

  /**
   * A run of the log.
   *
   * @param above the number before its first one
   * @param upTo its last number
   */
  public record Run(long above, long upTo) {}

  public LogFilters(Database database) {
    this.database = database;
  }

  /**
   * Adds the filter of the next run, once the log holds all of it.
   *
   * @return whether one was added, and there may be another run
   * @throws sekisho.mysql.DatabaseException when MySQL is out of reach
   */
  public boolean addNext() {
    return database.inTransaction(
        transaction -> {
          for (Row state : transaction.query(END)) {
            long above = state.getLong(0);
            RowSet<Row> rows = transaction.query(READ, above, state.getLong(1), RUN);
            if (rows.size() < RUN) {
              return false;
            }
            SubjectFilter filter = new SubjectFilter();
            long upTo = above;
            for (Row row : rows) {
              upTo = row.getLong(0);
              Long user = row.getLong(1);
              if (user != null) {
                filter.add(user.toString());
              }
              filter.add(row.getString(2));
            }
            String epoch = state.getString(2);
            Buffer subjects = Buffer.buffer(filter.bytes());
            return transaction.query(ADD, upTo, above, subjects, epoch).rowCount() == 1;
          }
          return false;
        });
  }

  /**
   * Up to which number the log has filters.
   *
   * @return at least what was pruned
   */
  public long end() {
    for (Row row : database.query(END)) {
      return row.getLong(0);
    }
    return 0;
  }

  /**
   * Above which number the log has filters.
   *
   * @param none the answer where there is none
   */
  public long begin(long none) {
    Long begin = database.query(BEGIN).iterator().next().getLong(0);
    return begin == null ? none : begin;
  }

  /**
   * The runs that may hold attempts of an address or a user.
   *
   * @param subject a canonical address, or the decimal id of a user
   * @param upTo no run ends above it
   * @param limit how many there are at most
   * @return the newest first
   */
  public List<Run> withSubject(String subject, long upTo, int limit) {
    List<Object> parameters = new ArrayList<>();
    parameters.add(upTo);
    for (int position : SubjectFilter.positions(subject)) {
      parameters.add(position);
      parameters.add(position);
    }
    parameters.add(limit);
    List<Run> runs = new ArrayList<>();
    database
        .query(FIND, parameters.toArray())
        .forEach(row -> runs.add(new Run(row.getLong(0), row.getLong(1))));
    return runs;
  }
}
