package sekisho.mysql;

import io.vertx.core.Vertx;
import io.vertx.mysqlclient.MySQLConnectOptions;
import java.time.Duration;
import java.util.Deque;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The few connections that the background work needs, kept for the next use. One that did not answer in time is closed
 * at once, and ended on the server as soon as that can be reached. Thread-safe.
 */
final class Sessions implements AutoCloseable {

  private static final int CONNECTIONS = 4;
  private static final Duration LONGEST_ACQUIRE = Duration.ofSeconds(5);
  /** Unused connections are closed here before the server does it, which would write a warning into its log. */
  private static final Duration LONGEST_IDLE = Duration.ofMinutes(1);
  private static final Duration LONGEST_IDLE_ON_SERVER = LONGEST_IDLE.multipliedBy(3);
  private static final String OPEN_SESSION = Sql.statement("open_session.sql");
  private static final String KILL = Sql.statement("kill.sql");

  private final Vertx vertx;
  private final MySQLConnectOptions options;
  private final Duration acquireLimit;
  private final long lockWaitSeconds;
  private final Duration longestIdleOnServer;
  private final Semaphore permits = new Semaphore(CONNECTIONS);
  private final Deque<Session> idle = new ConcurrentLinkedDeque<>();
  private final Set<Session> all = ConcurrentHashMap.newKeySet();
  /** What may still run on the server, by its number there. */
  private final Queue<Long> abandoned = new ConcurrentLinkedQueue<>();
  private final long idleTimer;

  Sessions(Vertx vertx, MySQLConnectOptions options, Duration timeout) {
    this.vertx = vertx;
    this.options = options;
    this.acquireLimit = timeout.compareTo(LONGEST_ACQUIRE) < 0 ? timeout : LONGEST_ACQUIRE;
    // So that the server tells whoever waits for a lock, before the time is up.
    this.lockWaitSeconds = Math.max(1, timeout.toSeconds() - 1);
    this.longestIdleOnServer = timeout.plus(LONGEST_IDLE_ON_SERVER);
    this.idleTimer = vertx.setPeriodic(LONGEST_IDLE.toMillis() / 2, timer -> closeIdle());
  }

  /**
   * Gives a connection, to be {@link #release released}.
   *
   * @throws DatabaseException when none can be had in time
   */
  Session acquire() {
    try {
      if (!permits.tryAcquire(acquireLimit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new DatabaseException("all connections to MySQL are busy", null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DatabaseException("interrupted while waiting for MySQL", e);
    }
    try {
      for (Session kept = idle.pollFirst(); kept != null; kept = idle.pollFirst()) {
        if (kept.isUsable()) {
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
  void release(Session session) {
    if (session.isUsable()) {
      idle.addFirst(session);
    } else {
      abandoned.add(session.id());
      discard(session);
    }
    permits.release();
  }

  /** Ends all connections, also those that somebody waits for. */
  @Override
  public void close() {
    vertx.cancelTimer(idleTimer);
    all.forEach(this::discard);
  }

  private Session open() {
    Session session = new Session(vertx, options, acquireLimit);
    all.add(session);
    try {
      session.connect(acquireLimit);
      session.query(acquireLimit, OPEN_SESSION, lockWaitSeconds, longestIdleOnServer.toSeconds());
      for (Long id = abandoned.poll(); id != null; id = abandoned.poll()) {
        end(id, session);
      }
      return session;
    } catch (Throwable e) {
      discard(session);
      throw e;
    }
  }

  private void end(long id, Session through) {
    // Numbers rise: a higher one was given out before the server was started anew, and may be somebody else's now.
    if (id < through.id()) {
      try {
        through.query(acquireLimit, KILL, id);
      } catch (DatabaseException e) {
        if (!through.isUsable()) {
          abandoned.add(id);
          throw e;
        }
        // It has ended by itself, as it should.
      }
    }
  }

  private void closeIdle() {
    long now = System.nanoTime();
    for (Session session : idle) {
      if (now - session.lastUsed() > LONGEST_IDLE.toNanos() && idle.remove(session)) {
        discard(session);
      }
    }
  }

  private void discard(Session session) {
    all.remove(session);
    session.close();
  }
}
