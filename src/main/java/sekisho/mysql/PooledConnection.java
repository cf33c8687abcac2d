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
import java.io.FileNotFoundException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import sekisho.mysql.DatabaseException.ServerErrors;
import sekisho.net.HostPort;

/**
 * One connection to MySQL, in a client of its own. A connection of the client can be closed only
 * politely, with a command that waits behind the statement that hangs; a whole client closes its
 * sockets at once, even while it still connects. Used by one thread at a time.
 */
final class PooledConnection implements AutoCloseable {

  private static final int UNKNOWN_TABLE = 1146;
  private static final int UNKNOWN_COLUMN = 1054;

  /**
   * Where the server logs statements for replicas (binlog_format=STATEMENT) it may have a doubt
   * about that, not about the rows.
   */
  private static final int UNSAFE_FOR_BINLOG = 1592;

  private static final String SHOW_WARNINGS = "SHOW WARNINGS";
  private static final String KEEP_ALIVE = "DO 1";

  private final Pool client;
  private final String address;

  /** By which the session is found on the server; set there by {@link ConnectionSetup}. */
  private final String mark = UUID.randomUUID().toString();

  /** Null until it is connected; it is in the pool's list before. */
  private volatile @Nullable SqlConnection connection;

  private long maxPacket;

  /**
   * False once an answer is missing: another one could be taken for it. Written by the event loop
   * too.
   */
  private volatile boolean usable = true;

  /** True once the server was found not to take writes any more. */
  private volatile boolean retired;

  private volatile long lastUsed = System.nanoTime();

  /** A keep-alive that has not been answered yet; used by the event loop alone. */
  private boolean asking;

  /** While true no keep-alive is sent: it would clear the warnings of the statement before it. */
  private volatile boolean readingWarnings;

  /**
   * Makes a session that is not connected yet.
   *
   * @param vertx runs the connection
   * @param options where the database is
   * @param connectLimit how long the network may take to connect
   */
  PooledConnection(Vertx vertx, MySQLConnectOptions options, Duration connectLimit) {
    address = address(options);
    client =
        MySQLBuilder.pool()
            .with(new PoolOptions().setMaxSize(1))
            .with(new NetClientOptions().setConnectTimeout((int) connectLimit.toMillis()))
            .connectingTo(options)
            .using(vertx)
            .build();
  }

  /**
   * Connects; fails with {@link DatabaseException} and leaves it to the caller to close the
   * session.
   */
  void connect(Duration limit, ConnectionSetup setup) {
    SqlConnection connected = await(client.getConnection(), limit);
    connected.closeHandler(closed -> usable = false);
    connected.exceptionHandler(error -> usable = false);
    connection = connected;
    maxPacket = setup.apply(this, limit);
  }

  /** Where a server is: host and port, or the path of its socket. */
  static String address(MySQLConnectOptions options) {
    return options.isUsingDomainSocket()
        ? options.getHost()
        : HostPort.text(options.getHost(), options.getPort());
  }

  /** Where its server is. */
  String address() {
    return address;
  }

  /** The name under which the server knows this session, and no other one ever. */
  String mark() {
    return mark;
  }

  /** The longest statement that the server takes, parameters included, in bytes. */
  long maxPacket() {
    return maxPacket;
  }

  /** The connection, once there is one. */
  SqlConnection connection() {
    return Objects.requireNonNull(connection, "not connected yet");
  }

  /** Whether a next statement would get its own answer. */
  boolean isUsable() {
    return usable;
  }

  /** Whether this session met a server that does not take writes; it is not usable then either. */
  boolean isRetired() {
    return retired;
  }

  /** Marks the session as one that met a server which does not take writes. */
  void retire() {
    retired = true;
    usable = false;
  }

  /** Has the session not used again, once its present user is done with it. */
  void giveUp() {
    usable = false;
  }

  /**
   * Lets the server know that this process is alive, which it does not take for granted for long:
   * on the event loop, so that work which takes its time between two statements does not lose the
   * session, and a process that stands still does.
   */
  void keepAlive(long afterSilence) {
    SqlConnection connected = connection;
    if (connected == null
        || !usable
        || asking
        || readingWarnings
        || System.nanoTime() - lastUsed < afterSilence) {
      return;
    }
    asking = true;
    connected.query(KEEP_ALIVE).execute().onComplete(answer -> asking = false);
  }

  /** Since when nothing was asked, in the time of {@link System#nanoTime}. */
  long lastUsed() {
    return lastUsed;
  }

  /** Runs one statement that is not prepared. */
  RowSet<Row> text(Duration limit, String sql) {
    return await(connection().query(sql).execute(), limit);
  }

  /**
   * Runs one statement that is not prepared, and counts its warnings.
   *
   * @param warnings gets their number
   */
  RowSet<Row> text(Duration limit, String sql, IntConsumer warnings) {
    readingWarnings = true;
    try {
      RowSet<Row> rows = text(limit, sql);
      int count = 0;
      for (Row warning : text(limit, SHOW_WARNINGS)) {
        count += warning.getInteger(1) == UNSAFE_FOR_BINLOG ? 0 : 1;
      }
      warnings.accept(count);
      return rows;
    } finally {
      readingWarnings = false;
    }
  }

  /** Runs one statement. */
  RowSet<Row> query(Duration limit, String sql, @Nullable Object... parameters) {
    return await(connection().preparedQuery(sql).execute(Tuple.from(parameters)), limit);
  }

  /**
   * Waits for an answer.
   *
   * @throws DatabaseException when there is none in time, or MySQL refuses; in the first case the
   *     session is of no more use
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
      throw DatabaseException.timeout(limit);
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
      if (ServerErrors.endsSession(refused)) {
        retire();
      }
      if (refused.getErrorCode() == UNKNOWN_COLUMN) {
        return new DatabaseException(
            "the tables do not fit ("
                + DatabaseException.wordsOf(refused)
                + "): a start of the service brings those of an earlier version up to date, or says what to do",
            error);
      }
      return new DatabaseException(
          refused.getErrorCode() == UNKNOWN_TABLE
              ? "the schema is missing ("
                  + DatabaseException.wordsOf(refused)
                  + "): load sql/schema.sql into this database, or run `make init`"
              : "MySQL: "
                  + DatabaseException.wordsOf(refused)
                  + " (error "
                  + refused.getErrorCode()
                  + ")"
                  + (ServerErrors.deniesRight(refused)
                      ? "; docs/rights.md lists all rights that are needed"
                      : ""),
          error);
    }
    usable = false;
    return new DatabaseException("MySQL: " + reason(error), error);
  }

  /** The client's exceptions often name neither the server nor what happened. */
  private String reason(Exception error) {
    String message = Objects.requireNonNullElse(error.getMessage(), error.toString());
    if (error instanceof UnknownHostException) {
      return "unknown host " + address;
    }
    if (error instanceof FileNotFoundException || error instanceof ConnectException) {
      return (message.contains("timed out") ? "no answer from " : "nothing listens on ") + address;
    }
    return message.contains(address) ? message : address + ": " + message;
  }
}
