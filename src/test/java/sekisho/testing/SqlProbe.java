package sekisho.testing;

import io.vertx.core.Vertx;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.mysqlclient.MySQLConnection;
import io.vertx.mysqlclient.SslMode;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Runs single statements on a MariaDB and waits, for tests. */
public final class SqlProbe implements AutoCloseable {

  private static final Pattern SEVERAL = Pattern.compile("(.*@)([^/]*,[^/]*)(/.*)");

  private final Vertx vertx = Vertx.vertx();
  private final MySQLConnection connection;

  /** Connects; of several servers, to the one that takes writes. */
  public SqlProbe(String url) {
    Matcher parts = SEVERAL.matcher(url);
    connection =
        parts.matches()
            ? Stream.of(parts.group(2).split(","))
                .flatMap(host -> writable(parts.group(1) + host + parts.group(3)).stream())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no server takes writes"))
            : connect(url);
  }

  private Optional<MySQLConnection> writable(String url) {
    try {
      MySQLConnection connected = connect(url);
      return Waiting.on(connected.query("SELECT @@read_only").execute())
              .iterator()
              .next()
              .getLong(0)
              .equals(0L)
          ? Optional.of(connected)
          : Optional.empty();
    } catch (IllegalStateException e) {
      return Optional.empty();
    }
  }

  private MySQLConnection connect(String url) {
    return Waiting.on(
        MySQLConnection.connect(
            vertx, MySQLConnectOptions.fromUri(url).setSslMode(SslMode.DISABLED)));
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
