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
import sekisho.tools.seed.SeedUser;

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
    if (SeedDataset.writeTo(directory)) {
      progress.accept("Seed data written to " + directory);
    }
    SeedDataset dataset = SeedDataset.generate();
    try {
      stores.database().alone(CounterRebuild.REPAIR, () -> {
        replace(dataset);
        return null;
      });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void replace(SeedDataset dataset) {
    List<SeedAttempt> log = dataset.attempts();
    SeedMySql mysql = new SeedMySql(stores.database());
    mysql.begin();
    // At once: each keeps its server busy for a second or so.
    await(CompletableFuture.allOf(
        CompletableFuture.runAsync(() -> replaceRedis(log), SeedStores::inThread),
        CompletableFuture.runAsync(() -> replaceUsers(mysql, dataset.users()), SeedStores::inThread),
        CompletableFuture.runAsync(() -> replaceHistory(mysql, log), SeedStores::inThread)));
    String generation = ServiceState.newHistory();
    new SeedRedis(stores.redis(), stores.keys()).finish(generation);
    mysql.finish(log.get(log.size() - 1).id(), generation);
  }

  private void replaceUsers(SeedMySql mysql, List<SeedUser> users) {
    mysql.replaceUsers(users);
    progress.accept("MySQL: " + users.size() + " users");
  }

  private void replaceHistory(SeedMySql mysql, List<SeedAttempt> log) {
    mysql.replaceHistory(log);
    progress.accept("MySQL: " + log.size() + " attempts");
  }

  private void replaceRedis(List<SeedAttempt> log) {
    if (!workplace.local().redisIsLocal()) {
      stores.queue().shut();
      new SeedRedis(stores.redis(), stores.keys()).replace(log);
      progress.accept("Redis: counters written");
      return;
    }
    PreparedRdb rdb = new PreparedRdb(directory, redisVersion(), stores.keys());
    try {
      Path apart = workplace.local().settings().dataDirectory().resolve("prepare");
      rdb.prepare(workplace.vertx(), workplace.local().apart(apart).redis(), () -> log);
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
