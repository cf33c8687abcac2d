package sekisho.mysql;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.mysqlclient.MySQLBuilder;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.mysqlclient.MySQLException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * One connection to MySQL, in a client of its own. A connection of the client can be closed only politely, with a command
 * that waits behind the statement that hangs; a whole client closes its sockets at once, even while it still connects.
 * Used by one thread at a time.
 */
final class Session implements AutoCloseable {

  private static final int UNKNOWN_TABLE = 1146;
  private static final String CONNECTION_ID = Sql.statement("connection_id.sql");

  private final Pool client;
  private SqlConnection connection;
  private long id;
  /** False once an answer is missing: another one could be taken for it. Written by the event loop too. */
  private volatile boolean usable = true;
  private volatile long lastUsed = System.nanoTime();

  /**
   * Makes a session that is not connected yet.
   *
   * @param vertx runs the connection
   * @param options where the database is
   * @param connectLimit how long the network may take to connect
   */
  Session(Vertx vertx, MySQLConnectOptions options, Duration connectLimit) {
    client = MySQLBuilder.pool().with(new PoolOptions().setMaxSize(1))
        .with(new NetClientOptions().setConnectTimeout((int) connectLimit.toMillis()))
        .connectingTo(options).using(vertx).build();
  }

  /** Connects; fails with {@link DatabaseException} and leaves it to the caller to close the session. */
  void connect(Duration limit) {
    connection = await(client.getConnection(), limit);
    connection.closeHandler(closed -> usable = false);
    connection.exceptionHandler(error -> usable = false);
    id = query(limit, CONNECTION_ID).iterator().next().getLong(0);
  }

  /** The server's number of this connection, 0 when it is not known. */
  long id() {
    return id;
  }

  /** The connection, once there is one. */
  SqlConnection connection() {
    return connection;
  }

  /** Whether a next statement would get its own answer. */
  boolean isUsable() {
    return usable;
  }

  /** Since when nothing was asked, in the time of {@link System#nanoTime}. */
  long lastUsed() {
    return lastUsed;
  }

  /** Runs one statement. */
  RowSet<Row> query(Duration limit, String sql, Object... parameters) {
    return await(connection.preparedQuery(sql).execute(Tuple.from(parameters)), limit);
  }

  /**
   * Waits for an answer.
   *
   * @throws DatabaseException when there is none in time, or MySQL refuses; in the first case the session is of no more use
   */
  <T> T await(Future<T> answer, Duration limit) {
    return await(answer, limit, () -> 0);
  }

  /** Waits for an answer that arrives in parts, for no longer than the limit after each of them. */
  <T> T await(Future<T> answer, Duration limit, LongSupplier arrived) {
    try {
      long before;
      do {
        before = arrived.getAsLong();
        try {
          return answer.await(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          // seen below
        }
      } while (arrived.getAsLong() != before);
      usable = false;
      throw new DatabaseException("MySQL did not answer within " + limit.toMillis() + " ms", null);
    } catch (Exception e) {
      // The client throws checked exceptions undeclared.
      throw translate(e);
    } finally {
      lastUsed = System.nanoTime();
    }
  }

  /** Closes the socket at once, whatever is under way; what waits for an answer fails. */
  @Override
  public void close() {
    usable = false;
    client.close();
  }

  private DatabaseException translate(Exception error) {
    if (error instanceof DatabaseException known) {
      return known;
    }
    if (error instanceof MySQLException refused) {
      return new DatabaseException(refused.getErrorCode() == UNKNOWN_TABLE
          ? "the schema is missing (" + DatabaseException.wordsOf(refused)
              + "): load sql/schema.sql into this database, or run `make init`"
          : "MySQL: " + DatabaseException.wordsOf(refused) + " (error " + refused.getErrorCode() + ")", error);
    }
    usable = false;
    return new DatabaseException("MySQL: " + Objects.requireNonNullElse(error.getMessage(), error.toString()), error);
  }
}
