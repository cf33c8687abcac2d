package sekisho.testing;

import io.vertx.core.Vertx;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.mysqlclient.MySQLConnection;
import io.vertx.mysqlclient.SslMode;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.List;

/** Runs single statements on a MariaDB and waits, for tests. */
public final class SqlProbe implements AutoCloseable {

  private final Vertx vertx = Vertx.vertx();
  private final MySQLConnection connection;

  /** Connects. */
  public SqlProbe(String url) {
    MySQLConnectOptions options = MySQLConnectOptions.fromUri(url).setSslMode(SslMode.DISABLED);
    connection = Waiting.on(MySQLConnection.connect(vertx, options));
  }

  /**
   * One statement; its rows, each as the text of its columns with {@code null} for NULL, joined by
   * a space.
   */
  public List<String> query(String sql) {
    List<String> lines = new ArrayList<>();
    for (Row row : Waiting.on(connection.query(sql).execute())) {
      List<String> columns = new ArrayList<>();
      for (int i = 0; i < row.size(); i++) {
        columns.add(String.valueOf(row.getValue(i)));
      }
      lines.add(String.join(" ", columns));
    }
    return lines;
  }

  @Override
  public void close() {
    Waiting.on(vertx.close());
  }
}
