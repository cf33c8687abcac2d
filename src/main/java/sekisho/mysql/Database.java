package sekisho.mysql;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.mysqlclient.MySQLBuilder;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.mysqlclient.MySQLException;
import io.vertx.mysqlclient.SslMode;
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
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * MySQL or MariaDB for work in the background: calls block, and must not be made from an event loop. Thread-safe.
 *
 * <p>All failures of the database come out as {@link DatabaseException}. A statement that takes longer than the
 * time-out fails; the server may be busy with it for longer, and rolls its transaction back when it is done.
 */
public final class Database implements AutoCloseable {

  private static final int CONNECTIONS = 4;
  private static final int UNKNOWN_TABLE = 1146;
  private static final String TAKE_LOCK = Sql.statement("take_lock.sql");
  private static final String RELEASE_LOCK = Sql.statement("release_lock.sql");

  private final Pool pool;
  private final Duration timeout;
  private final Duration acquireTimeout;
  private final boolean sendsFiles;

  /**
   * Makes a pool; nothing is connected yet.
   *
   * @param vertx runs the connections
   * @param options where the database is
   * @param timeout how long one statement may take
   */
  public Database(Vertx vertx, MySQLConnectOptions options, Duration timeout) {
    this.timeout = timeout;
    this.sendsFiles = options.isUsingDomainSocket() || options.getSslMode() == SslMode.DISABLED;
    this.acquireTimeout = timeout.compareTo(Duration.ofSeconds(5)) < 0 ? timeout : Duration.ofSeconds(5);
    PoolOptions poolOptions = new PoolOptions()
        .setMaxSize(CONNECTIONS)
        .setConnectionTimeout((int) acquireTimeout.toSeconds())
        .setConnectionTimeoutUnit(TimeUnit.SECONDS);
    this.pool = MySQLBuilder.pool().with(poolOptions).connectingTo(options).using(vertx).build();
  }

  /**
   * Runs statements in one transaction: committed when {@code work} returns, rolled back when it throws.
   *
   * @param work gets the transaction, must not keep it
   * @param <T> the type of the result
   * @return what {@code work} returned
   * @throws DatabaseException when the database fails; if it did so at COMMIT, the transaction may be in effect or not
   */
  public <T> T inTransaction(Function<Transaction, T> work) {
    SqlConnection connection = await(pool.getConnection(), acquireTimeout);
    try {
      io.vertx.sqlclient.Transaction transaction = await(connection.begin(), timeout);
      T result;
      try {
        result = work.apply(new Transaction(connection));
      } catch (Throwable e) {
        // Whatever it is: nothing of the work may be committed by who gets the connection next.
        transaction.rollback();
        throw e;
      }
      await(transaction.commit(), timeout);
      return result;
    } finally {
      connection.close();
    }
  }

  /**
   * Runs work that no two processes may do at once: waits while another one does it.
   *
   * @param name what the work is called, at most 20 characters
   * @param work may use this database
   * @param <T> the type of the result
   * @return what {@code work} returned
   * @throws DatabaseException when the database fails, or the other process takes longer than half of the time-out
   */
  public <T> T alone(String name, Supplier<T> work) {
    SqlConnection connection = await(pool.getConnection(), acquireTimeout);
    boolean taken = false;
    try {
      Row answer = await(connection.preparedQuery(TAKE_LOCK).execute(Tuple.of(name, timeout.toSeconds() / 2)), timeout)
          .iterator().next();
      taken = Long.valueOf(1).equals(answer.getLong(0));
      if (!taken) {
        throw new DatabaseException("another process is busy with the " + name + " of these stores", null);
      }
      return work.get();
    } finally {
      // Also when it is not known whether the lock was granted; it ends with the connection in any case.
      Future<?> released = connection.preparedQuery(RELEASE_LOCK).execute(Tuple.of(name)).otherwiseEmpty();
      if (taken) {
        await(released.timeout(timeout.toMillis(), TimeUnit.MILLISECONDS).otherwiseEmpty(), timeout.multipliedBy(2));
      }
      connection.close();
    }
  }

  /**
   * Runs one statement by itself.
   *
   * @param sql the statement with {@code ?} for each parameter
   * @param parameters the parameters, may be null each
   * @return its rows
   */
  public RowSet<Row> query(String sql, Object... parameters) {
    return await(pool.preparedQuery(sql).execute(Tuple.from(parameters)), timeout);
  }

  /**
   * Whether {@code LOAD DATA LOCAL} may be used: the client can't send a file over TLS, and the statement would never end.
   *
   * @return false when connections are encrypted, or may be
   */
  public boolean sendsFiles() {
    return sendsFiles;
  }

  /**
   * Gives the asynchronous pool, for reads that stream.
   *
   * @return the pool, not null
   */
  public Pool pool() {
    return pool;
  }

  @Override
  public void close() {
    await(pool.close(), timeout);
  }

  private static <T> T await(Future<T> future, Duration timeout) {
    try {
      return future.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new DatabaseException("MySQL did not answer within " + timeout.toMillis() + " ms", e);
    } catch (RuntimeException e) {
      throw translate(e);
    } catch (Exception e) {
      // The client throws checked exceptions undeclared.
      throw translate(e);
    }
  }

  private static DatabaseException translate(Exception error) {
    if (error instanceof DatabaseException known) {
      return known;
    }
    if (error instanceof MySQLException refused) {
      return new DatabaseException(refused.getErrorCode() == UNKNOWN_TABLE
          ? "the schema is missing (" + DatabaseException.wordsOf(refused)
              + "): load sql/schema.sql into this database, or run `make init`"
          : "MySQL: " + DatabaseException.wordsOf(refused) + " (error " + refused.getErrorCode() + ")", error);
    }
    return new DatabaseException("MySQL: " + Objects.requireNonNullElse(error.getMessage(), error.toString()), error);
  }

  /** The statements of one transaction. */
  public final class Transaction {

    private final SqlConnection connection;

    private Transaction(SqlConnection connection) {
      this.connection = connection;
    }

    /**
     * Runs a statement.
     *
     * @param sql the statement with {@code ?} for each parameter
     * @param parameters the parameters, may be null each
     * @return its rows
     * @throws DatabaseException when the database fails
     */
    public RowSet<Row> query(String sql, Object... parameters) {
      return query(timeout, sql, parameters);
    }

    /**
     * Runs a statement that cannot be prepared.
     *
     * @param sql the whole statement
     * @return its rows
     * @throws DatabaseException when the database fails
     */
    public RowSet<Row> text(String sql) {
      return await(connection.query(sql).execute(), timeout);
    }

    /**
     * Runs a statement that may take its time, such as one over the whole history.
     *
     * @param limit how long it may take
     * @param sql the statement with {@code ?} for each parameter
     * @param parameters the parameters, may be null each
     * @return its rows
     * @throws DatabaseException when the database fails
     */
    public RowSet<Row> query(Duration limit, String sql, Object... parameters) {
      return await(connection.preparedQuery(sql).execute(Tuple.from(parameters)), limit);
    }
  }
}
