package sekisho.mysql;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Reads a table of any size in the order of its key, a page at a time. */
public final class KeysetPages {

  /** Runs a statement, such as {@link Database#query} or that of a transaction. */
  public interface Statements {

    /**
     * Runs it.
     *
     * @param sql the statement with {@code ?} for each parameter
     * @param parameters the parameters, may be null each
     */
    RowSet<Row> query(String sql, Object... parameters);
  }

  private KeysetPages() {}

  /**
   * Reads all pages.
   *
   * @param statements runs each page: in one transaction, or by itself
   * @param statement takes the key to go on above, then {@code parameters}, then the size of a
   *     page; its first column is the key
   * @param before a value below all keys
   * @param size rows of a page, at least 1
   * @param page gets each page that is not empty
   * @param parameters further parameters of the statement
   * @return how many rows there were
   */
  public static long read(
      Statements statements,
      String statement,
      Object before,
      int size,
      Consumer<RowSet<Row>> page,
      Object... parameters) {
    long total = 0;
    Object last = before;
    while (true) {
      List<Object> all = new ArrayList<>();
      all.add(last);
      all.addAll(List.of(parameters));
      all.add(size);
      RowSet<Row> rows = statements.query(statement, all.toArray());
      if (rows.size() == 0) {
        return total;
      }
      page.accept(rows);
      for (Row row : rows) {
        last = row.getValue(0);
      }
      total += rows.size();
    }
  }
}
