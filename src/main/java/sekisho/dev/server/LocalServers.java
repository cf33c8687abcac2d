package sekisho.dev.server;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * A Redis and a MariaDB for this machine. Safe for use by any number of threads and processes at
 * once.
 */
public final class LocalServers {

  private final RedisServer redis;
  private final MariaDbServer mariaDb;

  public LocalServers(Path dataDirectory, Path bundledDirectory) {
    this(ServerSettings.of(dataDirectory, bundledDirectory));
  }

  public LocalServers(ServerSettings settings) {
    redis = new RedisServer(settings);
    mariaDb = new MariaDbServer(settings);
  }

  /** The Redis alone. */
  public RedisServer redis() {
    return redis;
  }

  /** The MariaDB alone. */
  public MariaDbServer mariaDb() {
    return mariaDb;
  }

  /**
   * Starts what is not running yet, both at once, and waits until both are ready.
   *
   * @throws LocalServerException if one does not get ready; the other may be running then
   */
  public Endpoints start() {
    both(redis::start, mariaDb::start);
    return new Endpoints(redis.url(), mariaDb.url());
  }

  /**
   * Ends both gracefully and waits until they have ended; does nothing for one that is not running.
   *
   * @throws LocalServerException if one does not end
   */
  public void stop() {
    both(redis::stop, mariaDb::stop);
  }

  private static void both(Runnable first, Runnable second) {
    CompletableFuture<Void> one = CompletableFuture.runAsync(first, LocalServers::inThread);
    CompletableFuture<Void> other = CompletableFuture.runAsync(second, LocalServers::inThread);
    try {
      CompletableFuture.allOf(one, other).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof LocalServerException failure) {
        throw failure;
      }
      throw e;
    }
  }

  /** Threads of their own: a common pool of a small machine would run one after the other. */
  private static void inThread(Runnable action) {
    new Thread(action, "local-server").start();
  }
}
