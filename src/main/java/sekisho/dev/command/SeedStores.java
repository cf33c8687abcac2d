package sekisho.dev.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import sekisho.app.Settings;
import sekisho.app.StartException;
import sekisho.app.Stores;
import sekisho.dev.seed.PreparedRdb;
import sekisho.dev.seed.SeedDataset;
import sekisho.dev.seed.SeedLog.SeedAttempt;
import sekisho.dev.seed.SeedMySql;
import sekisho.dev.seed.SeedRedis;
import sekisho.dev.seed.StoredData;
import sekisho.mysql.ServiceState;
import sekisho.recovery.CounterRebuild;

/**
 * Puts the seed data into both stores, beside services that may be running: they refuse attempts
 * from the beginning until both stores have the same new epoch, and then load the users. What is
 * not the seed's is replaced only by consent.
 */
final class SeedStores {

  /** How long others may take that replace or repair the same stores. */
  private static final Duration PATIENCE = Duration.ofSeconds(45);

  private final LocalStores local;
  private final Stores stores;
  private final Consumer<String> progress;
  private final Path directory;
  private final SeedMySql mysql;
  private final SeedRedis redis;

  SeedStores(LocalStores local, Stores stores, Consumer<String> progress) {
    this.local = local;
    this.stores = stores;
    this.progress = progress;
    this.directory = local.settings().dataDirectory().resolve("dataset");
    this.mysql = new SeedMySql(stores.database());
    this.redis = new SeedRedis(stores.redis(), stores.keys());
  }

  /**
   * Replaces everything, and waits until all running instances serve it; waits while another
   * process repairs or replaces the same stores.
   *
   * @param erase the name of the database that may be erased whatever is in it, empty for none
   */
  void init(Optional<String> erase) throws IOException {
    InstanceWait instances = new InstanceWait(stores, progress);
    alone(
        () -> {
          replace(found -> requireConsent(found, erase));
          return true;
        });
    instances.await();
  }

  /**
   * Loads the seed into stores in which there is nothing, or in which a process that did so was
   * killed. One of several processes that ask for this does so, and the others wait for it.
   */
  void fill() throws IOException {
    progress.accept("The stores are empty: loading the seed data");
    alone(
        () -> {
          if (isUnfilled()) {
            replace(found -> requireConsent(found, Optional.empty()));
          }
          return true;
        });
  }

  /** Whether {@link #fill} has something to do. */
  boolean isUnfilled() {
    return mysql.isUnusedOrBeingReplaced();
  }

  private void alone(Supplier<Boolean> work) throws IOException {
    if (SeedDataset.writeTo(directory)) {
      progress.accept("Seed data written to " + directory);
    }
    try {
      stores.database().alone(CounterRebuild.REPAIR, PATIENCE, work);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /**
   * Under the lock of all who replace or repair, so that nothing of the kind comes between this and
   * what follows from it.
   */
  private void requireConsent(StoredData found, Optional<String> erase) {
    if (erase.isPresent() && !erase.get().equals(found.database())) {
      throw new StartException(
          "--erase "
              + erase.get()
              + ": the database is "
              + found.database()
              + "; nothing was changed");
    }
    if (erase.isPresent()) {
      return;
    }
    Settings settings = local.settings();
    String consent =
        "; nothing was changed. To erase it: init --erase "
            + found.database()
            + " (make init ARGS='--erase "
            + found.database()
            + "')";
    if (!found.isReplaceable()) {
      throw new StartException(
          "database "
              + found.database()
              + " holds other data than the seed's: "
              + found.rowsInWords()
              + " row(s)"
              + consent);
    }
    // An init that was cut short has asked already, and has closed Redis before it changed anything
    // there.
    boolean unfinished = found.beingReplaced() && redis.isClosed();
    if (found.isEmpty() && !redis.isEmpty() && !unfinished) {
      throw new StartException(
          "database "
              + found.database()
              + " is empty, but Redis holds counters or attempts under "
              + settings.redis().keyPrefix()
              + ", perhaps those of another database"
              + consent);
    }
  }

  private void replace(Consumer<StoredData> permit) {
    CompletableFuture<SeedDataset> dataset =
        CompletableFuture.supplyAsync(SeedDataset::generate, SeedStores::inThread);
    StoredData.Users before = mysql.begin(permit).users();
    // At once: each keeps its server busy for a second or so.
    await(
        CompletableFuture.allOf(
            CompletableFuture.runAsync(() -> replaceRedis(dataset), SeedStores::inThread),
            CompletableFuture.runAsync(() -> replaceUsers(before, dataset), SeedStores::inThread),
            CompletableFuture.runAsync(() -> replaceHistory(dataset), SeedStores::inThread)));
    String epoch = ServiceState.newHistory();
    redis.finish(epoch);
    List<SeedAttempt> log = dataset.join().attempts();
    mysql.finish(log.get(log.size() - 1).id(), epoch);
  }

  private void replaceUsers(StoredData.Users before, CompletableFuture<SeedDataset> dataset) {
    boolean unchanged = before == StoredData.Users.OF_THE_SEED;
    if (!unchanged) {
      mysql.insertUsers(dataset.join().users());
    }
    progress.accept(
        "MySQL: " + SeedDataset.USER_COUNT + " users" + (unchanged ? ", as they were" : ""));
  }

  private void replaceHistory(CompletableFuture<SeedDataset> dataset) {
    List<SeedAttempt> log = dataset.join().attempts();
    mysql.replaceHistory(log);
    progress.accept("MySQL: " + log.size() + " attempts");
  }

  private void replaceRedis(CompletableFuture<SeedDataset> dataset) {
    if (!local.redisIsLocal() || !redis.isAlone(local.settings().redis().keyPrefix())) {
      stores.fence().close();
      redis.replace(dataset.join().attempts());
      progress.accept("Redis: counters written");
      return;
    }
    PreparedRdb rdb = new PreparedRdb(directory, stores.keys());
    try {
      rdb.prepare(() -> dataset.join().attempts());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    local.servers().redis().startFrom(rdb.file());
    progress.accept("Redis: " + rdb.file() + " put in place");
  }

  private static void await(CompletableFuture<Void> future) {
    try {
      future.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException problem ? problem : e;
    }
  }

  private static void inThread(Runnable work) {
    new Thread(work, "init").start();
  }
}
