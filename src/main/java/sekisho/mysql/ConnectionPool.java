package sekisho.mysql;

import io.vertx.core.Vertx;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The few connections that the background work needs, kept for the next use. One that did not
 * answer in time is closed at once, and ended on the server as soon as that can be reached. When
 * one meets a server that takes no writes any more, all that were made before are given up: behind
 * the same address there may be another server by now. Of several servers the one is used that
 * takes writes; the others are tried when it does not any more. Thread-safe.
 */
final class ConnectionPool implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ConnectionPool.class);
  private static final int CONNECTIONS = 4;
  private static final Duration LONGEST_ACQUIRE = Duration.ofSeconds(5);

  /**
   * Unused connections are closed here before the server does it, which would write a warning into
   * its log.
   */
  private static final Duration LONGEST_IDLE = Duration.ofMinutes(1);

  /**
   * After so much silence the server ends a session, and its transaction: others wait for its locks
   * no longer, if this process is frozen. Longer than any pause of the garbage collector.
   */
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(10);

  private static final Duration KEEP_ALIVE = Duration.ofSeconds(2);
  private static final String READ_ONLY = Statements.statement("connection/read_only");
  private static final String FIND = Statements.statement("connection/find_session");
  private static final String KILL = Statements.statement("connection/kill");

  private final Vertx vertx;
  private final List<MySQLConnectOptions> servers;
  private final Duration acquireLimit;
  private final Duration connectLimit;
  private final ConnectionSetup setup;
  private final Semaphore permits = new Semaphore(CONNECTIONS);
  private final Deque<PooledConnection> idle = new ConcurrentLinkedDeque<>();
  private final Set<PooledConnection> all = ConcurrentHashMap.newKeySet();

  /** What may still run on the server, by its mark there. */
  private final Queue<String> abandoned = new ConcurrentLinkedQueue<>();

  /** The place of the server that takes the writes, as far as is known. */
  private volatile int present;

  private final long idleTimer;
  private final long keepAliveTimer;

  ConnectionPool(Vertx vertx, List<MySQLConnectOptions> servers, Duration timeout) {
    this.vertx = vertx;
    this.servers = List.copyOf(servers);
    this.acquireLimit = timeout.compareTo(LONGEST_ACQUIRE) < 0 ? timeout : LONGEST_ACQUIRE;
    // One that stands still must leave time for the next one.
    this.connectLimit = acquireLimit.dividedBy(servers.size());
    // So that a statement that waits for a lock fails before the time is up.
    this.setup =
        new ConnectionSetup(
            Duration.ofSeconds(Math.max(1, timeout.toSeconds() - 1)), LONGEST_SILENCE);
    this.idleTimer = vertx.setPeriodic(LONGEST_IDLE.toMillis() / 2, timer -> closeIdle());
    this.keepAliveTimer =
        vertx.setPeriodic(
            KEEP_ALIVE.toMillis(),
            timer -> all.forEach(session -> session.keepAlive(KEEP_ALIVE.toNanos() / 2)));
  }

  /**
   * Gives a connection, to be {@link #release released}.
   *
   * @throws DatabaseException when none can be had in time
   */
  PooledConnection acquire() {
    try {
      if (!permits.tryAcquire(acquireLimit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new DatabaseException("all connections to MySQL are busy", null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DatabaseException("interrupted while waiting for MySQL", e);
    }
    try {
      for (PooledConnection kept = idle.pollFirst(); kept != null; kept = idle.pollFirst()) {
        if (isFit(kept)) {
          return kept;
        }
        discard(kept);
      }
      return open();
    } catch (Throwable e) {
      permits.release();
      throw e;
    }
  }

  /** Takes a connection back, or ends it when it is of no more use. */
  void release(PooledConnection session) {
    if (session.isUsable()) {
      idle.addFirst(session);
    } else {
      abandoned.add(session.mark());
      discard(session);
    }
    if (session.isRetired()) {
      // They were made when it was, or not much later.
      all.forEach(PooledConnection::giveUp);
    }
    permits.release();
  }

  /** Ends all connections, also those that somebody waits for. */
  @Override
  public void close() {
    vertx.cancelTimer(idleTimer);
    vertx.cancelTimer(keepAliveTimer);
    all.forEach(this::discard);
  }

  /**
   * Whether a session that was kept still reaches a server that takes writes. One that was closed
   * meanwhile, or whose server takes none, is not; a server that does not answer is not asked again
   * by another one.
   */
  private boolean isFit(PooledConnection kept) {
    if (!kept.isUsable()) {
      return false;
    }
    try {
      Row found = kept.query(acquireLimit, READ_ONLY).iterator().next();
      for (int i = 0; i < found.size(); i++) {
        ConnectionSetup.requireWritable(
            kept, found.getColumnName(i), String.valueOf(found.getValue(i)));
      }
      return true;
    } catch (DatabaseException e) {
      if (e.isTimeout()) {
        abandoned.add(kept.mark());
        discard(kept);
        throw e;
      }
      return false;
    }
  }

  private PooledConnection open() {
    int first = present;
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < servers.size(); i++) {
      int tried = (first + i) % servers.size();
      try {
        PooledConnection session = open(servers.get(tried));
        if (present != tried) {
          present = tried;
          LOG.warn("MySQL: {} takes the writes now", session.address());
        }
        return session;
      } catch (DatabaseException e) {
        if (servers.size() == 1) {
          throw e;
        }
        problems.add(PooledConnection.address(servers.get(tried)) + ": " + e.getMessage());
      }
    }
    throw new DatabaseException(
        "no server of sekisho.mysql.url takes writes: " + String.join("; ", problems), null);
  }

  private PooledConnection open(MySQLConnectOptions server) {
    PooledConnection session = new PooledConnection(vertx, server, connectLimit);
    all.add(session);
    try {
      session.connect(connectLimit, setup);
      for (String mark = abandoned.poll(); mark != null; mark = abandoned.poll()) {
        end(mark, session);
      }
      return session;
    } catch (Throwable e) {
      discard(session);
      throw e;
    }
  }

  /**
   * Ends what is left of a session; it is not there on a server that was started anew, or on
   * another one.
   */
  private void end(String mark, PooledConnection through) {
    try {
      Long id = through.query(acquireLimit, FIND, mark).iterator().next().getLong(0);
      if (id != null) {
        through.query(acquireLimit, KILL, id);
      }
    } catch (DatabaseException e) {
      if (!through.isUsable()) {
        abandoned.add(mark);
        throw e;
      }
      // It has ended by itself, as it should.
    }
  }

  // The collection is a concurrent one, which bears it.
  @SuppressWarnings("ModifyCollectionInEnhancedForLoop")
  private void closeIdle() {
    long now = System.nanoTime();
    for (PooledConnection session : idle) {
      if (now - session.lastUsed() > LONGEST_IDLE.toNanos() && idle.remove(session)) {
        discard(session);
      }
    }
  }

  private void discard(PooledConnection session) {
    all.remove(session);
    session.close();
  }
}
