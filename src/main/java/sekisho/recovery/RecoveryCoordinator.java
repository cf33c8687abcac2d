package sekisho.recovery;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.flush.Cooldown;
import sekisho.login.StoreUnavailableException;
import sekisho.mysql.AllowTable;
import sekisho.mysql.ServiceState;
import sekisho.net.AllowList;
import sekisho.redis.Admission;
import sekisho.redis.LoginQueue;
import sekisho.report.ReportService;
import sekisho.user.Users;

/**
 * Answers what the attempt stores ask in the background: admits them to Redis, keeps the users up
 * to date, and starts a flush when the queue is long. One thread does the work, so that several
 * stores that ask at once cause one repair.
 */
public final class RecoveryCoordinator implements Admission, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RecoveryCoordinator.class);

  /** To load millions of users is not to be tried each second. */
  private static final Duration LONGEST_RELOAD_PAUSE = Duration.ofMinutes(1);

  private static final Duration MALFORMED_PAUSE = Duration.ofSeconds(30);

  private final RecoveryStateMachine recovery;
  private final LoginQueue queue;
  private final Users users;
  private final AllowTable allowTable;
  private final ReportService reports;
  private final int flushThreshold;
  private final Duration maxAge;

  /** When the queue was first seen with rows since it was empty or moved; 0 while it is empty. */
  private final AtomicLong waitingSince = new AtomicLong();

  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(work -> new Thread(work, "recovery"));
  private final Cooldown reloadPause = new Cooldown(LONGEST_RELOAD_PAUSE);
  private final AtomicBoolean inspecting = new AtomicBoolean();
  private final AtomicLong malformedAt =
      new AtomicLong(System.nanoTime() - MALFORMED_PAUSE.toNanos());

  /** Written by the guard's thread alone. */
  private String admitted = "";

  /** The highest sequence number that any store was given under that epoch, as far as they told. */
  private long highestGiven;

  private volatile @Nullable String directoryVersion;
  private volatile String lastReloadProblem = "";

  private final Cooldown allowListPause = new Cooldown();
  private volatile @Nullable String allowListVersion;
  private volatile AllowList allowed = AllowList.NONE;

  /**
   * @param flushThreshold the length of the queue that starts a flush
   * @param maxAge how long attempts may wait in a shorter one, about; zero for as long as they like
   */
  public RecoveryCoordinator(
      RecoveryStateMachine recovery,
      LoginQueue queue,
      Users users,
      AllowTable allowTable,
      ReportService reports,
      int flushThreshold,
      Duration maxAge) {
    this.recovery = recovery;
    this.queue = queue;
    this.users = users;
    this.allowTable = allowTable;
    this.reports = reports;
    this.flushThreshold = flushThreshold;
    this.maxAge = maxAge;
  }

  @Override
  public Future<String> admit(String epoch, long highestSequence) {
    return submit(
        () -> {
          try {
            if (epoch.equals(admitted)) {
              highestGiven = Math.max(highestGiven, highestSequence);
            }
            return admitTo(epoch);
          } catch (OutOfMemoryError e) {
            throw new StoreUnavailableException(
                "out of memory while the stores are compared or repaired: give Java more heap (-Xmx) or "
                    + "lower sekisho.redis.recent-mb ("
                    + e.getMessage()
                    + ")");
          }
        });
  }

  private String admitTo(String storeEpoch) {
    String present = recovery.admit(admitted, highestGiven, storeEpoch);
    if (!present.equals(admitted)) {
      LoginQueue.State held = queue.state();
      boolean sameHistory =
          ServiceState.historyOf(present).equals(ServiceState.historyOf(admitted));
      if (!sameHistory || !held.directory().equals(directoryVersion)) {
        users.loadAnother();
        directoryVersion = held.directory();
      }
      if (!sameHistory || !held.allowed().equals(allowListVersion)) {
        loadAllowList(held.allowed());
      }
      admitted = present;
      highestGiven = 0;
    }
    return present;
  }

  @Override
  public void directoryVersion(String version) {
    if (!version.equals(directoryVersion) && reloadPause.begin()) {
      // By the time its turn comes, a reload that somebody asked for may have brought this version.
      submit(() -> version.equals(directoryVersion) ? users.current().size() : loadUsers(version))
          .onComplete(ended -> reloadPause.end(ended.succeeded()))
          .onFailure(error -> notReloaded(String.valueOf(error.getMessage())));
    }
  }

  @Override
  public void allowListVersion(String version) {
    if (!version.equals(allowListVersion) && allowListPause.begin()) {
      submit(() -> loadAllowList(version))
          .onComplete(ended -> allowListPause.end(ended.succeeded()))
          .onFailure(
              error ->
                  LOG.error(
                      "allow-list not loaded, the one before stays in force: {}",
                      error.getMessage()));
    }
  }

  /**
   * The clients that cannot be banned, as this process knows them; may be asked from any thread.
   */
  public AllowList allowed() {
    return allowed;
  }

  private AllowList loadAllowList(String version) {
    AllowList loaded = allowTable.load();
    allowed = loaded;
    allowListVersion = version;
    return loaded;
  }

  @Override
  public void queueLength(long length) {
    if (length >= flushThreshold || isOld(length)) {
      reports.flushSoon(2L * flushThreshold);
    }
  }

  private boolean isOld(long length) {
    long since = waitingSince.get();
    if (length == 0) {
      waitingSince.set(0);
      return false;
    }
    long now = System.nanoTime();
    if (since == 0) {
      waitingSince.compareAndSet(0, now);
      return false;
    }
    // One event loop starts it, and what comes meanwhile waits anew.
    return !maxAge.isZero()
        && now - since >= maxAge.toNanos()
        && waitingSince.compareAndSet(since, now);
  }

  @Override
  public void malformed(String what) {
    long now = System.nanoTime();
    long last = malformedAt.get();
    // The writer of the foreign value may go on: attempts must be accepted in between.
    if (now - last < MALFORMED_PAUSE.toNanos() || !malformedAt.compareAndSet(last, now)) {
      return;
    }
    LOG.error("{}; the counters are made anew from MySQL", what);
    submit(
            () -> {
              recovery.distrust();
              return null;
            })
        .onFailure(error -> LOG.error("the counters are not made anew: {}", error.getMessage()));
  }

  @Override
  public void moveQueueSoon() {
    reports.flushSoon(0);
  }

  /**
   * Looks whether Redis is still the one that was admitted and fit to decide attempts, soon;
   * repairs or says so if it is not.
   */
  public void inspect() {
    if (!inspecting.compareAndSet(false, true)) {
      return;
    }
    submit(
            () -> {
              if (!admitted.isEmpty() && !recovery.isStillAdmitted()) {
                admitTo(admitted);
              }
              return null;
            })
        .onComplete(ended -> inspecting.set(false))
        .onFailure(error -> LOG.debug("Redis not found fit: {}", error.getMessage()));
  }

  /**
   * Loads the users anew, here now and in all other instances within a second or so.
   *
   * @return how many there are; failed when a store is out of reach
   */
  public Future<Integer> reloadUsers() {
    return submit(() -> loadUsers(Long.toString(queue.announceUsers())));
  }

  /** Ends the guard; attempts must not be accepted any more. */
  @Override
  public void close() {
    thread.shutdownNow();
    try {
      recovery.leave();
    } catch (RuntimeException e) {
      LOG.debug("a recovery barrier will wait for this instance: {}", e.getMessage());
    }
  }

  private int loadUsers(String version) {
    int count = users.load();
    directoryVersion = version;
    lastReloadProblem = "";
    return count;
  }

  /** Tried again and again, and said once. */
  private void notReloaded(String message) {
    if (!Objects.equals(message, lastReloadProblem)) {
      LOG.error("users not reloaded, those before stay in force: {}", message);
      lastReloadProblem = message;
    }
  }

  private <T> Future<T> submit(Supplier<T> work) {
    Promise<T> promise = Promise.promise();
    try {
      thread.execute(
          () -> {
            try {
              promise.complete(work.get());
            } catch (Throwable e) {
              // Even an Error: a promise that is never completed would be waited for forever.
              promise.tryFail(e);
            }
          });
    } catch (RejectedExecutionException e) {
      promise.tryFail(new StoreUnavailableException("the service is ending"));
    } catch (RuntimeException | Error e) {
      promise.tryFail(e);
    }
    return promise.future();
  }
}
