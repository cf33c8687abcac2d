package sekisho.bench.flush;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import sekisho.app.EventLoops;
import sekisho.app.Settings;
import sekisho.app.Stores;
import sekisho.bench.flush.FlushBench.FlushFigures.ReportTime;
import sekisho.bench.flush.FlushBench.FlushFigures.Run;
import sekisho.bench.load.ProcessMeter;
import sekisho.bench.load.ProcessRole;
import sekisho.dev.seed.SeedDataset;
import sekisho.dev.seed.SeedMySql;
import sekisho.dev.seed.SeedUsers.SeedUser;
import sekisho.dev.server.Endpoints;
import sekisho.dev.server.LocalServers;
import sekisho.dev.server.ServerSettings;
import sekisho.metrics.ServiceMetrics;
import sekisho.redis.RedisServerCheck;
import sekisho.report.ReportReader;
import sekisho.report.ReportService;

/**
 * Measures the flush and the report with the service's own classes, on a Redis and a MariaDB of its
 * own, with the settings of the local ones; their data are deleted in the end. Attempts are of
 * random known users from random addresses of 127.1.0.0/16, one in twenty succeeds.
 */
public final class FlushBench implements AutoCloseable {

  private static final int PUSHED_AT_ONCE = 1_000;

  /** In one statement: the client sends a file as one packet. */
  private static final int LOADED_AT_ONCE = 100_000;

  private static final int COPIED_AT_ONCE = 500_000;
  private static final int REPORTS = 5;
  private static final long FIRST_MILLIS = 1_393_027_200_000L;
  private static final long PATIENCE_SECONDS = 600;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS");

  private final Path directory;
  private final Consumer<String> progress;
  private final LocalServers servers;
  private final Vertx vertx = EventLoops.vertx(1);
  private final List<SeedUser> users = SeedDataset.generate().users();
  private final Stores stores;
  private final ReportService reports;

  private FlushBench(Settings settings, Path directory, Path bundled, Consumer<String> progress) {
    this.directory = directory;
    this.progress = progress;
    this.servers = new LocalServers(ServerSettings.of(directory, bundled));
    Endpoints endpoints = servers.start();
    Settings own = settings.withStores(endpoints.redisUrl(), endpoints.mysqlUrl());
    this.stores = Stores.of(vertx, own, new ServiceMetrics());
    this.reports =
        new ReportService(stores.database(), stores.flush(), new ReportReader(own.thresholds()));
  }

  /**
   * Measures.
   *
   * @param settings of the service; its stores are not touched
   * @param directory for the servers' data, below which nothing else may be; a path of at most some
   *     60 characters
   * @param bundled where server programs were unpacked that are not on the PATH
   * @param attempts how many to flush, at least 1
   * @param history how long the log is made for the last report; at most {@code attempts} for no
   *     more than these
   * @param progress gets a line for each step
   */
  public static FlushFigures run(
      Settings settings,
      Path directory,
      Path bundled,
      int attempts,
      long history,
      Consumer<String> progress) {
    delete(directory);
    try (FlushBench bench = new FlushBench(settings, directory, bundled, progress)) {
      return bench.measure(attempts, history);
    } finally {
      delete(directory);
    }
  }

  private FlushFigures measure(int attempts, long history) {
    progress.accept("Loading " + users.size() + " users");
    seed();
    progress.accept("Queueing " + attempts + " attempts in Redis");
    List<Path> files = new ArrayList<>();
    for (int from = 0; from < attempts; from += LOADED_AT_ONCE) {
      files.add(directory.resolve("attempts-" + from + ".tsv"));
      queue(from, Math.min(attempts, from + LOADED_AT_ONCE), files.get(files.size() - 1));
    }
    stores
        .redis()
        .send(Request.cmd(Command.HSET).arg(stores.keys().state()).arg("sequence").arg(attempts));
    progress.accept("Loading them by LOAD DATA");
    stores.database().query("CREATE TABLE loaded LIKE login_log");
    Run load =
        measured(
            () ->
                stores
                    .database()
                    .inTransaction(
                        transaction -> {
                          files.forEach(
                              file ->
                                  transaction.text(
                                      "LOAD DATA LOCAL INFILE '"
                                          + file
                                          + "' INTO TABLE loaded CHARACTER SET utf8mb4"));
                          return null;
                        }));
    stores.database().query("DROP TABLE loaded");
    List<ReportTime> reportTimes = new ArrayList<>();
    progress.accept("Flushing");
    heapPools().forEach(MemoryPoolMXBean::resetPeakUsage);
    Run flush = measured(stores.flush()::flush);
    long heap = heapPools().stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
    reportTimes.add(report(attempts));
    if (history > attempts) {
      progress.accept("Making a history of " + history + " attempts");
      lengthen(attempts, history);
      reportTimes.add(report(history));
    }
    return new FlushFigures(attempts, load, flush, heap, reportTimes);
  }

  private void seed() {
    SeedMySql mysql = new SeedMySql(stores.database());
    mysql.begin(found -> {});
    mysql.insertUsers(users);
    mysql.replaceHistory(List.of());
    String generation = UUID.randomUUID().toString();
    String runId = RedisServerCheck.of(stores.redis()).runId();
    stores.fence().publish(generation, 0, 0, runId, stores.fence().close());
    stores.admitted().admitted(generation, runId);
    mysql.finish(0, generation);
  }

  /** Puts attempts into Redis as decide.lua does, and into a file. */
  private void queue(int from, int to, Path file) {
    Random random = new Random(from);
    try (BufferedWriter rows = Files.newBufferedWriter(file)) {
      Request push = null;
      for (int id = from + 1; id <= to; id++) {
        SeedUser user = users.get(random.nextInt(users.size()));
        String address = "127.1." + random.nextInt(256) + "." + random.nextInt(256);
        int succeeded = random.nextInt(20) == 0 ? 1 : 0;
        long millis = FIRST_MILLIS + id / 30;
        push = push == null ? Request.cmd(Command.RPUSH).arg(stores.keys().queue()) : push;
        push.arg(
            id
                + "\t"
                + millis
                + "\t"
                + succeeded
                + "\t"
                + user.id()
                + "\t"
                + address
                + "\t"
                + user.login());
        rows.write(
            id
                + "\t"
                + TIME.format(
                    LocalDateTime.ofEpochSecond(
                        millis / 1000, (int) (millis % 1000) * 1_000_000, ZoneOffset.UTC))
                + "\t"
                + user.id()
                + "\t"
                + user.login()
                + "\t"
                + address
                + "\t"
                + succeeded
                + "\n");
        if (id % PUSHED_AT_ONCE == 0 || id == to) {
          stores.redis().send(push);
          push = null;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void lengthen(long attempts, long history) {
    for (long length = attempts; length < history; length += COPIED_AT_ONCE) {
      stores
          .database()
          .query(
              "INSERT INTO login_log SELECT id + ?, created_at, user_id, login, ip, succeeded FROM login_log"
                  + " WHERE id <= ?",
              length,
              Math.min(Math.min(COPIED_AT_ONCE, attempts), history - length));
    }
    stores
        .admitted()
        .admitted(stores.rebuild().fromLog(), RedisServerCheck.of(stores.redis()).runId());
  }

  private ReportTime report(long history) {
    double first = 0;
    List<Double> others = new ArrayList<>();
    Buffer report = null;
    for (int i = 0; i <= REPORTS; i++) {
      long from = System.nanoTime();
      report = await();
      double millis = (System.nanoTime() - from) / 1e6;
      if (i == 0) {
        first = millis;
      } else {
        others.add(millis);
      }
    }
    others.sort(Comparator.naturalOrder());
    JsonObject lists = report.toJsonObject();
    return new ReportTime(
        history,
        lists.getJsonArray("banned_ips").size(),
        lists.getJsonArray("locked_users").size(),
        first,
        others.get(REPORTS / 2));
  }

  private Buffer await() {
    try {
      return reports.report().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private Run measured(Runnable work) {
    ProcessMeter mysql = meter(ProcessRole.MYSQL, servers.mariaDb().pid().orElseThrow());
    ProcessMeter redis = meter(ProcessRole.REDIS, servers.redis().pid().orElseThrow());
    ProcessMeter service = meter(ProcessRole.SERVICE, ProcessHandle.current().pid());
    long from = System.nanoTime();
    work.run();
    double seconds = (System.nanoTime() - from) / 1e9;
    redis.sample();
    service.sample();
    rest(mysql);
    return new Run(
        seconds,
        mysql.usage().cpuSeconds(),
        redis.usage().cpuSeconds(),
        service.usage().cpuSeconds());
  }

  private static ProcessMeter meter(ProcessRole role, long pid) {
    return new ProcessMeter(role, Set.of((int) pid));
  }

  /** MySQL goes on for a while: it purges and writes pages. */
  private static void rest(ProcessMeter mysql) {
    double before = -1;
    for (int i = 0; i < 40 && mysql.usage().cpuSeconds() - before > 0.02; i++) {
      before = mysql.usage().cpuSeconds();
      pause(Duration.ofMillis(500));
      mysql.sample();
    }
  }

  private static void pause(Duration time) {
    try {
      TimeUnit.MILLISECONDS.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static List<MemoryPoolMXBean> heapPools() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .toList();
  }

  @Override
  public void close() {
    reports.close();
    stores.close();
    vertx.close();
    servers.stop();
  }

  private static void delete(Path directory) {
    try (Stream<Path> files = Files.exists(directory) ? Files.walk(directory) : Stream.empty()) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What {@link FlushBench} measured.
   *
   * @param attempts how many attempts were flushed and loaded
   * @param load raw {@code LOAD DATA} of the attempts into an empty table like {@code login_log},
   *     in one transaction
   * @param flush the flush of the same attempts from Redis, state tables included
   * @param peakHeapBytes the most heap that was in use during the flush, garbage included
   * @param reports the report with nothing new, after so much history each
   */
  public record FlushFigures(
      long attempts, Run load, Run flush, long peakHeapBytes, List<ReportTime> reports) {

    /**
     * One way of writing the attempts.
     *
     * @param seconds how long it took
     * @param mysqlSeconds CPU time of MySQL, until it rests again
     * @param redisSeconds CPU time of Redis
     * @param serviceSeconds CPU time of this process
     */
    public record Run(
        double seconds, double mysqlSeconds, double redisSeconds, double serviceSeconds) {}

    /**
     * The report's time.
     *
     * @param history attempts in the log
     * @param addresses banned addresses in it
     * @param users locked users in it
     * @param firstMillis the first report after a flush, which reads both lists
     * @param millis the median of those after it
     */
    public record ReportTime(
        long history, int addresses, int users, double firstMillis, double millis) {}

    /** The flush's speed as a share of the load's. */
    public double ratio() {
      return load.seconds() / flush.seconds();
    }

    /** Rows a second of a run. */
    public double rate(Run run) {
      return attempts / run.seconds();
    }

    /** CPU time for each attempt, in microseconds. */
    public double micros(double cpuSeconds) {
      return cpuSeconds * 1e6 / attempts;
    }
  }
}
