package sekisho.command;

import io.vertx.redis.client.Command;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
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

  /** Replaces everything. */
  void init() throws IOException {
    if (SeedDataset.writeTo(directory)) {
      progress.accept("Seed data written to " + directory);
    }
    SeedDataset dataset = SeedDataset.generate();
    List<SeedAttempt> log = dataset.attempts();
    SeedMySql mysql = new SeedMySql(stores.database());
    mysql.begin();
    CompletableFuture<Void> redisDone = CompletableFuture.runAsync(() -> replaceRedis(log), SeedStores::inThread);
    mysql.replaceHistory(log);
    progress.accept("MySQL: " + log.size() + " attempts");
    mysql.replaceUsers(dataset.users());
    progress.accept("MySQL: " + dataset.users().size() + " users");
    await(redisDone);
    String generation = UUID.randomUUID().toString();
    new SeedRedis(stores.redis(), stores.keys()).finish(generation);
    mysql.finish(log.get(log.size() - 1).id(), generation);
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
      throw new CompletionException(e);
    }
    workplace.local().servers().redis().startFrom(rdb.file());
    progress.accept("Redis: " + rdb.file() + " put in place");
  }

  private String redisVersion() {
    String info = stores.redis().send(RedisBackend.request(Command.INFO, "server")).toString();
    return Arrays.stream(info.split("\r?\n")).filter(line -> line.startsWith("redis_version:"))
        .map(line -> line.substring("redis_version:".length())).findFirst().orElse("unknown");
  }

  private static void await(CompletableFuture<Void> future) throws IOException {
    try {
      future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      if (e.getCause() instanceof RuntimeException problem) {
        throw problem;
      }
      throw e;
    }
  }

  private static void inThread(Runnable work) {
    new Thread(work, "redis-init").start();
  }
}
