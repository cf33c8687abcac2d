package sekisho.mysql;

import io.vertx.core.Vertx;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.mysqlclient.SslMode;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.stream.Collector;
import org.jspecify.annotations.Nullable;

/**
 * MySQL or MariaDB for work in the background: calls block, and must not be made from an event
 * loop. Thread-safe.
 *
 * <p>All failures of the database come out as {@link DatabaseException}. A statement that takes
 * longer than the time-out fails, and its connection is closed at once; the server may be busy with
 * it for longer, and rolls its transaction back when it is done or told to.
 */
public final class Database implements AutoCloseable {

  private static final String TAKE_LOCK = Statements.statement("connection/take_lock");
  private static final String LOCK_TAKEN = Statements.statement("connection/lock_taken");
  private static final String RELEASE_LOCK = Statements.statement("connection/release_lock");
  private static final List<String> BEGIN_SNAPSHOT =
      Statements.statements("connection/begin_snapshot");
  private static final String END_SNAPSHOT = "ROLLBACK";

  private final ConnectionPool sessions;
  private final Duration timeout;
  private final boolean sendsFiles;

  /**
   * @param servers of which one takes the writes, at least one, reached in the same way
   * @param timeout how long one statement may take
   */
  public Database(Vertx vertx, List<MySQLConnectOptions> servers, Duration timeout) {
    this.timeout = timeout;
    this.sendsFiles =
        servers.stream()
            .allMatch(
                server -> server.isUsingDomainSocket() || server.getSslMode() == SslMode.DISABLED);
    this.sessions = new ConnectionPool(vertx, servers, timeout);
  }

  /**
   * Runs statements in one transaction: committed when {@code work} returns, rolled back when it
   * throws.
   *
   * @param work gets the transaction, must not keep it
   * @param <T> the type of the result
   * @return what {@code work} returned
   * @throws DatabaseException when the database fails; if it did so at COMMIT, the transaction may
   *     be in effect or not
   */
  public <T> T inTransaction(Function<Transaction, T> work) {
    return onSession(
        session -> {
          io.vertx.sqlclient.Transaction transaction =
              session.await(session.connection().begin(), timeout);
          T result;
          try {
            result = work.apply(new Transaction(session));
          } catch (Throwable e) {
            rollBack(session, transaction, e);
            throw e;
          }
          session.await(transaction.commit(), timeout);
          return result;
        });
  }

  /**
   * Reads as of one moment, without a lock on any row; nothing can be written. Tables cannot be
   * altered or truncated by others meanwhile, so it should not take long; when this process
   * freezes, the server ends it after some seconds.
   *
   * @param work gets the transaction, must not keep it
   * @param <T> the type of the result
   * @return what {@code work} returned
   * @throws DatabaseException when the database fails
   */
  public <T> T inSnapshot(Function<Transaction, T> work) {
    return onSession(
        session -> {
          try {
            BEGIN_SNAPSHOT.forEach(statement -> session.text(timeout, statement));
            return work.apply(new Transaction(session));
          } finally {
            endSnapshot(session);
          }
        });
  }

  /**
   * Runs work that no two processes may do at once: waits while another one does it.
   *
   * @param name what the work is called, at most 20 characters
   * @param work may use this database, does not return null
   * @param <T> the type of the result
   * @return what {@code work} returned
   * @throws DatabaseException when the database fails, or the other process takes longer than half
   *     of the time-out
   */
  public <T> T alone(String name, Supplier<T> work) {
    return alone(name, timeout.toSeconds() / 2, work)
        .orElseThrow(
            () ->
                new DatabaseException(
                    "another process is busy with the " + name + " of these stores", null));
  }

  /**
   * Does the same, and waits longer.
   *
   * @param name what the work is called, at most 20 characters
   * @param patience how long another process may take
   * @param work may use this database, does not return null
   * @param <T> the type of the result
   * @return what {@code work} returned
   * @throws DatabaseException when the database fails, or the other process takes longer
   */
  public <T> T alone(String name, Duration patience, Supplier<T> work) {
    // One statement must not wait for as long as the time-out.
    long each = Math.max(1, timeout.toSeconds() / 2);
    for (long left = patience.toSeconds(); left > each; left -= each) {
      Optional<T> done = alone(name, each, work);
      if (done.isPresent()) {
        return done.get();
      }
    }
    return alone(name, work);
  }

  /**
   * Does the same unless another process is at it.
   *
   * @param name what the work is called, at most 20 characters
   * @param work may use this database
   * @throws DatabaseException when the database fails
   */
  public void aloneIfFree(String name, Runnable work) {
    alone(
        name,
        0,
        () -> {
          work.run();
          return true;
        });
  }

  /**
   * Whether a process is at work that no two processes may do at once.
   *
   * @param name what the work is called
   * @return false when nobody is at it
   */
  public boolean isTaken(String name) {
    return query(LOCK_TAKEN, name).iterator().next().getLong(0) == 1;
  }

  private <T> Optional<T> alone(String name, long patienceSeconds, Supplier<T> work) {
    return onSession(
        session -> {
          Row answer = session.query(timeout, TAKE_LOCK, name, patienceSeconds).iterator().next();
          if (!Long.valueOf(1).equals(answer.getLong(0))) {
            return Optional.empty();
          }
          // The lock ends with the session, and the server ends that soon when this process is gone
          // without a word.
          try {
            return Optional.of(work.get());
          } finally {
            release(session, name);
          }
        });
  }

  /**
   * Runs one statement by itself.
   *
   * @param sql the statement with {@code ?} for each parameter
   * @param parameters the parameters, may be null each
   */
  public RowSet<Row> query(String sql, @Nullable Object... parameters) {
    return onSession(session -> session.query(timeout, sql, parameters));
  }

  /**
   * Runs one statement for any number of rows, as often as the limits of the server ask for; each
   * run is by itself.
   *
   * @param sql the statement, whose parameter is one JSON array
   * @param item writes one of them
   * @param most how many rows one statement may have, at least 1
   * @param answer gets the rows that each statement gives
   * @param <T> the type of the rows
   * @throws DatabaseException when the database fails
   */
  public <T> void queryRows(
      String sql, Iterable<T> rows, JsonRows.Item<T> item, int most, Consumer<RowSet<Row>> answer) {
    onSession(
        session -> {
          queryRows(session, sql, rows, item, most, answer);
          return null;
        });
  }

  /**
   * Runs one statement by itself that is not worth waiting for.
   *
   * @param limit how long it may take
   * @param sql the statement with {@code ?} for each parameter
   * @param parameters the parameters, may be null each
   */
  public void execute(Duration limit, String sql, @Nullable Object... parameters) {
    onSession(session -> session.query(limit, sql, parameters));
  }

  /**
   * Whether {@code LOAD DATA LOCAL} may be used: the client can't send a file over TLS, and the
   * statement would never end.
   *
   * @return false when connections are encrypted, or may be
   */
  public boolean sendsFiles() {
    return sendsFiles;
  }

  /**
   * Reads any number of rows as they arrive, without keeping them. The time-out is for the wait
   * from one of them to the next.
   *
   * @param sql the statement
   * @param each gets each row, on a thread of the client; what it throws is thrown here, and it
   *     gets no further row
   */
  public void stream(String sql, Consumer<Row> each) {
    onSession(
        session -> {
          stream(session, sql, each);
          return null;
        });
  }

  private void stream(
      PooledConnection session, String sql, Consumer<Row> each, @Nullable Object... parameters) {
    AtomicLong arrived = new AtomicLong();
    AtomicReference<Throwable> problem = new AtomicReference<>();
    Collector<Row, AtomicLong, AtomicLong> collector =
        Collector.of(
            () -> arrived,
            (count, row) -> {
              count.incrementAndGet();
              if (problem.get() == null) {
                try {
                  each.accept(row);
                } catch (Throwable e) {
                  // An Error too, which the client would take for an end of the connection.
                  problem.set(e);
                }
              }
            },
            (left, right) -> {
              throw new UnsupportedOperationException("rows arrive one after the other");
            });
    session.await(
        session
            .connection()
            .preparedQuery(sql)
            .collecting(collector)
            .execute(Tuple.from(parameters)),
        timeout,
        arrived::get);
    if (problem.get() instanceof Error error) {
      throw error;
    }
    if (problem.get() != null) {
      throw (RuntimeException) problem.get();
    }
  }

  /** Closes all connections at once; what waits for an answer fails. */
  @Override
  public void close() {
    sessions.close();
  }

  private <T> void queryRows(
      PooledConnection session,
      String sql,
      Iterable<T> rows,
      JsonRows.Item<T> item,
      int most,
      Consumer<RowSet<Row>> answer) {
    JsonRows.forEach(
        rows,
        item,
        most,
        session.maxPacket(),
        parameter -> {
          if (!parameter.fits()) {
            throw DatabaseException.tooLong(session.maxPacket());
          }
          answer.accept(session.query(timeout, sql, parameter.json()));
        });
  }

  private <T> T onSession(Function<PooledConnection, T> work) {
    PooledConnection session = sessions.acquire();
    try {
      return work.apply(session);
    } finally {
      sessions.release(session);
    }
  }

  private void endSnapshot(PooledConnection session) {
    if (session.isUsable()) {
      try {
        session.text(timeout, END_SNAPSHOT);
      } catch (DatabaseException e) {
        session.close();
      }
    }
  }

  /** Whatever it was: nothing of the work may be committed by who gets the connection next. */
  private void rollBack(
      PooledConnection session, io.vertx.sqlclient.Transaction transaction, Throwable cause) {
    if (session.isUsable()) {
      try {
        session.await(transaction.rollback(), timeout);
      } catch (DatabaseException e) {
        session.close();
        cause.addSuppressed(e);
      }
    }
  }

  private void release(PooledConnection session, String name) {
    if (session.isUsable()) {
      try {
        session.query(timeout, RELEASE_LOCK, name);
      } catch (DatabaseException e) {
        // Then the lock ends with the connection.
        session.close();
      }
    }
  }

  /** The statements of one transaction. */
  public final class Transaction {

    private final PooledConnection session;

    private Transaction(PooledConnection session) {
      this.session = session;
    }

    /**
     * Runs a statement.
     *
     * @param sql the statement with {@code ?} for each parameter
     * @param parameters the parameters, may be null each
     * @throws DatabaseException when the database fails
     */
    public RowSet<Row> query(String sql, @Nullable Object... parameters) {
      return query(timeout, sql, parameters);
    }

    /**
     * Runs a statement that cannot be prepared.
     *
     * @param sql the whole statement
     * @throws DatabaseException when the database fails
     */
    public RowSet<Row> text(String sql) {
      return session.text(timeout, sql);
    }

    /**
     * Runs a statement that cannot be prepared, and that makes warnings of what is wrong with its
     * rows.
     *
     * @param sql the whole statement
     * @param warnings gets the number of its warnings
     * @throws DatabaseException when the database fails
     */
    public RowSet<Row> text(String sql, IntConsumer warnings) {
      return session.text(timeout, sql, warnings);
    }

    /**
     * Runs a statement for any number of rows, as often as the limits of the server ask for.
     *
     * @param sql the statement, whose parameter is one JSON array
     * @param item writes one of them
     * @param most how many rows one statement may have, at least 1
     * @param answer gets the rows that each statement gives
     * @param <T> the type of the rows
     * @throws DatabaseException when the database fails
     */
    public <T> void queryRows(
        String sql,
        Iterable<T> rows,
        JsonRows.Item<T> item,
        int most,
        Consumer<RowSet<Row>> answer) {
      Database.this.queryRows(session, sql, rows, item, most, answer);
    }

    /**
     * Runs a statement that writes any number of rows. Rows that the server refuses are told from
     * the others by halves.
     *
     * @param sql the statement, whose parameter is one JSON array
     * @param item writes one of them
     * @param most how many rows one statement may have, at least 1
     * @param refused gets each row that the server does not take, and what it says; all others were
     *     written
     * @param <T> the type of the rows
     * @throws DatabaseException when the database fails for another reason
     */
    public <T> void writeRows(
        String sql,
        Iterable<T> rows,
        JsonRows.Item<T> item,
        int most,
        BiConsumer<T, DatabaseException> refused) {
      JsonRows.forEach(
          rows,
          item,
          most,
          session.maxPacket(),
          parameter -> {
            try {
              if (!parameter.fits()) {
                throw DatabaseException.tooLong(session.maxPacket());
              }
              session.query(timeout, sql, parameter.json());
            } catch (DatabaseException e) {
              List<T> all = parameter.items();
              if (!e.concernsRow()) {
                throw e;
              } else if (all.size() == 1) {
                refused.accept(all.get(0), e);
              } else {
                writeRows(sql, all, item, (all.size() + 1) / 2, refused);
              }
            }
          });
    }

    /**
     * How long a statement may be, its parameters included.
     *
     * @return {@code max_allowed_packet} of this session, in bytes
     */
    public long maxPacket() {
      return session.maxPacket();
    }

    /**
     * Reads any number of rows as they arrive, without keeping them. The time-out is for the wait
     * from one of them to the next.
     *
     * @param sql the statement with {@code ?} for each parameter
     * @param each gets each row, on a thread of the client; what it throws is thrown here, and it
     *     gets no further row
     * @param parameters the parameters, may be null each
     * @throws DatabaseException when the database fails
     */
    public void stream(String sql, Consumer<Row> each, @Nullable Object... parameters) {
      Database.this.stream(session, sql, each, parameters);
    }

    /**
     * Runs a statement that may take its time, such as one over the whole history.
     *
     * @param limit how long it may take
     * @param sql the statement with {@code ?} for each parameter
     * @param parameters the parameters, may be null each
     * @throws DatabaseException when the database fails
     */
    public RowSet<Row> query(Duration limit, String sql, @Nullable Object... parameters) {
      return session.query(limit, sql, parameters);
    }
  }
}
