package sekisho.bench.ceiling;

import io.vertx.core.Vertx;
import io.vertx.mysqlclient.MySQLConnectOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import sekisho.app.EventLoops;
import sekisho.dev.server.LocalServers;
import sekisho.dev.server.ServerSettings;
import sekisho.mysql.Database;
import sekisho.mysql.Statements;
import sekisho.mysql.UserTable;
import sekisho.user.Users;

/** The rows about the start of the service, and about {@code make init}. */
final class StartRows {

  private static final String ADD_USERS = Statements.statement("bench/add_users");
  private static final String REMOVE_USERS = Statements.statement("bench/remove_users");
  private static final Path BUNDLED =
      Path.of(System.getProperty("sekisho.servers.directory", "var/servers"));
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final BenchEnvironment environment;
  private final Path dataDirectory;
  private final int rounds;
  private final Consumer<Row> rows;

  /**
   * Nothing is measured yet.
   *
   * @param dataDirectory of the local servers
   * @param rows takes the rows as they are found
   */
  StartRows(BenchEnvironment environment, Path dataDirectory, int rounds, Consumer<Row> rows) {
    this.environment = environment;
    this.dataDirectory = dataDirectory;
    this.rounds = rounds;
    this.rows = rows;
  }

  /** Ready after the start of the Java machine, and heap for each user. */
  void start() throws IOException {
    ready("ready after JVM start, 200,000 users", 2);
    Vertx vertx = EventLoops.vertx(1);
    MySQLConnectOptions mysql =
        MySQLConnectOptions.fromUri(
            new LocalServers(ServerSettings.of(dataDirectory, BUNDLED)).mariaDb().url());
    try (Database database = new Database(vertx, List.of(mysql), PATIENCE)) {
      try {
        database.query(ADD_USERS);
        ready("ready after JVM start, 1,000,000 users", 6);
        heap(database);
      } finally {
        // Else the users are not those of the seed, and init leaves them alone.
        database.query(REMOVE_USERS);
      }
    } finally {
      vertx.close();
    }
  }

  /** {@code make init} beside a running service. */
  void init() throws IOException, InterruptedException {
    environment.service();
    double[] seconds = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      long start = System.nanoTime();
      environment.init();
      seconds[round] = (System.nanoTime() - start) / 1e9;
    }
    MinMedianMax spread = MinMedianMax.of(seconds);
    rows.accept(
        Row.atMost(
            3,
            " s",
            "make init, all built, a service running",
            spread.median(),
            spread.text("%.2f") + " s"));
  }

  private void ready(String measure, double target) throws IOException {
    double[] seconds = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      try (SystemUnderTest service = environment.anotherService()) {
        seconds[round] = service.readyMillis() / 1000;
      }
    }
    MinMedianMax spread = MinMedianMax.of(seconds);
    rows.accept(Row.atMost(target, " s", measure, spread.median(), spread.text("%.2f") + " s"));
  }

  private void heap(Database database) {
    Users users = new Users(new UserTable(database));
    long before = usedHeap();
    int count = users.load();
    double bytes = (double) (usedHeap() - before) / count;
    rows.accept(
        Row.atMost(
            200,
            " bytes",
            "heap for each user",
            bytes,
            String.format(
                Locale.ROOT, "%.0f bytes, with %,d users", bytes, users.current().size())));
  }

  private static long usedHeap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
