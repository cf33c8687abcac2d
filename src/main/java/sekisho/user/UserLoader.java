package sekisho.user;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlResult;
import java.util.stream.Collector;
import sekisho.mysql.Sql;

/** Streams the users out of MySQL: each row goes into the directory's arrays as it arrives, and no row is kept. */
public final class UserLoader {

  private static final String LOAD = Sql.statement("users/load.sql");

  private UserLoader() {
  }

  /**
   * Loads all users.
   *
   * @param pool the database, not null
   * @return the directory; failed when MySQL fails or a row is no valid user
   */
  public static Future<UserDirectory> load(Pool pool) {
    Collector<Row, UserDirectoryBuilder, UserDirectory> collector = Collector.of(
        UserDirectoryBuilder::new,
        (users, row) -> users.add(row.getLong(0), row.getString(1), row.getString(2), row.getString(3)),
        (left, right) -> {
          throw new UnsupportedOperationException("rows arrive one after the other");
        },
        UserDirectoryBuilder::build);
    return pool.query(LOAD).collecting(collector).execute().map(SqlResult::value);
  }
}
