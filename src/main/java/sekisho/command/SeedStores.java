package sekisho.command;

import io.vertx.redis.client.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import sekisho.mysql.ServiceState;
import sekisho.recovery.CounterRebuild;
import sekisho.redis.RedisBackend;
import sekisho.service.Stores;
import sekisho.tools.seed.PreparedRdb;
import sekisho.tools.seed.SeedAttempt;
import sekisho.tools.seed.SeedDataset;
import sekisho.tools.seed.SeedMySql;
import sekisho.tools.seed.SeedRedis;

/**
 * Puts the seed data into both stores, beside services that may be running: they refuse attempts from the beginning until both
 * stores have the same new generation, and then load the users.
 */
final class SeedStores {

  private final StoreCommand.Workplace workplace;
  private final Stores stores;
  private final Consumer<String> progress;
  private final Path directory;

  SeedStores(StoreCommand.Workplace workplace, Consumer<String> progress) {
    this.workplace = workplace;
    this.stores = workplace.stores();
    this.progress = progress;
    this.directory = workplace.local().settings().dataDirectory().resolve("dataset");
  }

  /** Replaces everything; waits while another process repairs or replaces the same stores. */
  void init() throws IOException {
    CompletableFuture<SeedDataset> dataset = CompletableFuture.supplyAsync(SeedDataset::generate, SeedStores::inThread);
    if (SeedDataset.writeTo(directory)) {
      progress.accept("Seed data written to " + directory);
    }
    try {
      stores.database().alone(CounterRebuild.REPAIR, () -> {
        replace(dataset);
        return true;
      });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void replace(CompletableFuture<SeedDataset> dataset) {
    SeedMySql mysql = new SeedMySql(stores.database());
    mysql.begin();
    // At once: each keeps its server busy for a second or so.
    await(CompletableFuture.allOf(
        CompletableFuture.runAsync(() -> replaceRedis(dataset), SeedStores::inThread),
        CompletableFuture.runAsync(() -> replaceUsers(mysql, dataset), SeedStores::inThread),
        CompletableFuture.runAsync(() -> replaceHistory(mysql, dataset), SeedStores::inThread)));
    String generation = ServiceState.newHistory();
    new SeedRedis(stores.redis(), stores.keys()).finish(generation);
    List<SeedAttempt> log = dataset.join().attempts();
    mysql.finish(log.get(log.size() - 1).id(), generation);
  }

  private void replaceUsers(SeedMySql mysql, CompletableFuture<SeedDataset> dataset) {
    boolean unchanged = mysql.hasUsers();
    if (!unchanged) {
      mysql.replaceUsers(dataset.join().users());
    }
    progress.accept("MySQL: " + SeedDataset.USER_COUNT + " users" + (unchanged ? ", as they were" : ""));
  }

  private void replaceHistory(SeedMySql mysql, CompletableFuture<SeedDataset> dataset) {
    List<SeedAttempt> log = dataset.join().attempts();
    mysql.replaceHistory(log);
    progress.accept("MySQL: " + log.size() + " attempts");
  }

  private void replaceRedis(CompletableFuture<SeedDataset> dataset) {
    if (!workplace.local().redisIsLocal()) {
      stores.queue().shut();
      new SeedRedis(stores.redis(), stores.keys()).replace(dataset.join().attempts());
      progress.accept("Redis: counters written");
      return;
    }
    PreparedRdb rdb = new PreparedRdb(directory, redisVersion(), stores.keys());
    try {
      Path apart = workplace.local().settings().dataDirectory().resolve("prepare");
      rdb.prepare(workplace.vertx(), workplace.local().apart(apart).redis(), () -> dataset.join().attempts());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    workplace.local().servers().redis().startFrom(rdb.file());
    progress.accept("Redis: " + rdb.file() + " put in place");
  }

  private String redisVersion() {
    String info = stores.redis().send(RedisBackend.request(Command.INFO, "server")).toString();
    return Arrays.stream(info.split("\r?\n")).filter(line -> line.startsWith("redis_version:"))
        .map(line -> line.substring("redis_version:".length())).findFirst().orElse("unknown");
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
