package sekisho.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sekisho.app.SettingsLoader;
import sekisho.dev.command.LocalStores;
import sekisho.dev.server.LocalServers;
import sekisho.testing.Client;
import sekisho.testing.Client.LoginAnswer;
import sekisho.testing.LoginLoad;
import sekisho.testing.RedisProbe;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceHome.Finished;
import sekisho.testing.ServiceProcess;
import sekisho.testing.Signals;
import sekisho.testing.SqlProbe;
import sekisho.testing.StoreContents;
import sekisho.testing.TcpPorts;
import sekisho.testing.Until;

/**
 * {@code run} with servers and seed data of its own, and what must outlive what. One home for all;
 * seeded once.
 */
class LocalRunIT {

  private static final int SEEDED_ATTEMPTS = 69_800;
  private static final String ADDRESS = "192.0.2.1";

  private static ServiceHome home;
  private static ServiceProcess first;
  private static ServiceProcess service;
  private static Map<String, String> seededRedis;
  private static Map<String, String> seededMySql;

  @BeforeAll
  static void runInAnEmptyDirectory() {
    home = new ServiceHome();
    first = home.startReady("run");
    service = first;
    seededRedis = StoreContents.redis(home.servers().redis().url());
    seededMySql = StoreContents.mySql(home.servers().mariaDb().url());
  }

  @AfterAll
  static void closeHome() {
    home.close();
  }

  @BeforeEach
  void run() {
    if (!service.isAlive()) {
      service = home.startReady("run");
    }
    service.awaitReady();
  }

  /** After every test, whatever it was about. */
  @AfterEach
  void noSecretIsPrinted() throws IOException {
    String printed = home.everythingPrinted();
    assertThat(printed)
        .doesNotContain(secrets())
        .doesNotContain("sekisho_session")
        .doesNotContain("isuconpass");
  }

  private static List<String> secrets() throws IOException {
    return List.of(
        Files.readString(home.data().resolve("mariadb/password")).strip(),
        Files.readString(home.data().resolve("session.key")).strip());
  }

  private static SqlProbe sql() {
    return new SqlProbe(home.servers().mariaDb().url());
  }

  private static JsonNode report() throws IOException {
    return new ObjectMapper().readTree(service.client().report());
  }

  private static void assertNoDifference() {
    Finished verify = home.run("verify");
    assertThat(verify.status()).as(verify.out() + verify.err()).isZero();
    assertThat(verify.out()).contains(" 0 differences.");
  }

  private static void assertSeeded() throws IOException {
    assertThat(report().get("banned_ips")).isEmpty();
    assertThat(report().get("locked_users")).hasSize(2500);
  }

  private static void init(String... options) {
    Finished init =
        home.run(Stream.concat(Stream.of("init"), Stream.of(options)).toArray(String[]::new));
    assertThat(init.status()).as(init.out() + init.err()).isZero();
    assertThat(service.management().status("GET", "/readyz")).isEqualTo(200);
  }

  /** Every one of these attempts is in the log, once. */
  private static void assertLogged(LoginLoad load) {
    service.client().report();
    try (SqlProbe sql = sql()) {
      List<String> logged =
          sql.query("SELECT login FROM login_log WHERE login LIKE '" + load.prefix() + "%'");
      assertThat(logged).doesNotHaveDuplicates().containsAll(load.answered());
    }
  }

  @Test
  void theFirstRunLoadsTheSeed() throws IOException {
    assertThat(first.out())
        .contains("The stores are empty")
        .contains("serving on http://127.0.0.1:" + home.port() + "/");
    assertThat(first.err()).isEmpty();
    assertThat(seededRedis)
        .containsEntry("state", "{directory=0, format=2, sequence=" + SEEDED_ATTEMPTS + "}")
        .containsEntry("queue", "[]");
    assertThat(seededMySql).containsEntry("watermark", "[" + SEEDED_ATTEMPTS + "]");
    LoginAnswer answer = service.client().login("isucon9", "isuconpass9", ADDRESS);
    assertThat(service.client().get("/mypage", answer.cookie())).contains("isucon9", ADDRESS);
  }

  @Test
  void nothingListensOnTcpButTheTwoHttpPorts() {
    LocalServers servers = home.servers();
    assertThat(TcpPorts.listenedOnBy(servers.redis().pid().orElseThrow())).isEmpty();
    assertThat(TcpPorts.listenedOnBy(servers.mariaDb().pid().orElseThrow())).isEmpty();
    Set<String> ports = new TreeSet<>();
    TcpPorts.listenedOnBy(service.pid())
        .forEach(
            address -> {
              // 127.0.0.1, as IPv4 or mapped into IPv6, in the kernel's byte order.
              assertThat(address).matches("(0{16}FFFF0000)?0100007F:.*");
              ports.add(
                  Integer.toString(
                      HexFormat.fromHexDigits(address.substring(address.indexOf(':') + 1))));
            });
    assertThat(ports)
        .containsExactlyInAnyOrder(
            Integer.toString(home.port()), Integer.toString(home.managementPort()));
  }

  @Test
  void noCommandLineHoldsASecret() throws IOException {
    for (long pid :
        List.of(
            service.pid(),
            home.servers().redis().pid().orElseThrow(),
            home.servers().mariaDb().pid().orElseThrow())) {
      assertThat(Files.readString(Path.of("/proc/" + pid + "/cmdline"))).doesNotContain(secrets());
    }
  }

  /**
   * Neither what a server may print of its surroundings nor what others may read in /proc is worth
   * anything.
   */
  @Test
  void noServerGetsOurSettings() throws IOException {
    for (long pid :
        List.of(
            home.servers().redis().pid().orElseThrow(),
            home.servers().mariaDb().pid().orElseThrow())) {
      assertThat(
              Files.readString(Path.of("/proc/" + pid + "/environ"), StandardCharsets.ISO_8859_1))
          .contains("PATH=")
          .doesNotContain("SEKISHO_")
          .doesNotContain(secrets());
    }
  }

  @Test
  void everythingBelowTheDataDirectoryIsForItsOwnerAlone() throws IOException {
    init();
    List<String> open = new ArrayList<>();
    Set<String> seen = new TreeSet<>();
    try (Stream<Path> all = Files.walk(home.data())) {
      for (Path path : all.toList()) {
        try {
          String rights =
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
          seen.add(path.getFileName().toString());
          if (!rights.endsWith("------")) {
            open.add(rights + " " + home.data().relativize(path));
          }
        } catch (NoSuchFileException e) {
          // A server's temporary file.
        }
      }
    }
    assertThat(open).isEmpty();
    assertThat(seen)
        .contains(
            "session.key",
            "redis.sock",
            "redis.log",
            "redis.conf",
            "mariadb.sock",
            "mariadb.log",
            "password",
            "my.cnf",
            "ibdata1",
            "users.ibd",
            "dummy_users.tsv",
            "lock");
    assertThat(seen).anyMatch(name -> name.endsWith(".rdb"));
  }

  @Test
  void attemptsOutliveAStopOfEverything() throws Exception {
    randomLoad(3000);
    String report = service.client().report();
    assertThat(report().get("banned_ips")).isNotEmpty();
    Map<String, String> counters = StoreContents.redis(home.servers().redis().url());
    service.signal("TERM");
    assertThat(service.awaitEnd().status()).isZero();
    assertThat(home.run("stop").status()).isZero();
    assertThat(home.servers().redis().isRunning() || home.servers().mariaDb().isRunning())
        .isFalse();

    service = home.startReady("run");
    assertThat(service.out()).doesNotContain("empty", "making its counters");
    assertThat(StoreContents.redis(home.servers().redis().url())).isEqualTo(counters);
    assertThat(service.client().report()).isEqualTo(report);
    assertNoDifference();
  }

  @Test
  void attemptsOutliveTheDeathOfEverything() throws Exception {
    randomLoad(1500);
    String report = service.client().report();
    // These wait in the queue: whatever dies, dies with something to lose.
    LoginLoad load = LoginLoad.on(service.client());
    load.awaitAnswered(200);
    load.stop();
    try (RedisProbe redis = new RedisProbe(home.servers().redis().url())) {
      redis.awaitWritten();
    }
    Map<String, String> counters = StoreContents.redis(home.servers().redis().url());
    List<Thread> killers =
        List.of(
            new Thread(() -> service.signal("KILL")),
            new Thread(home.servers().redis()::kill),
            new Thread(home.servers().mariaDb()::kill));
    killers.forEach(Thread::start);
    for (Thread killer : killers) {
      killer.join();
    }
    service.awaitEnd();

    service = home.startReady("run");
    assertThat(StoreContents.redis(home.servers().redis().url())).isEqualTo(counters);
    assertThat(service.client().report()).isEqualTo(report);
    assertLogged(load);
    assertNoDifference();
  }

  @Test
  void ctrlCLeavesTheServersRunningAndStopEndsThem() {
    service.signalGroup("INT");
    assertThat(service.awaitEnd().status()).isZero();
    LocalServers servers = home.servers();
    assertThat(servers.redis().isRunning() && servers.mariaDb().isRunning()).isTrue();
    Finished stop = home.run("stop");
    assertThat(stop.status()).isZero();
    assertThat(stop.out()).contains("Redis stopped", "MariaDB stopped");
    assertThat(servers.redis().isRunning() || servers.mariaDb().isRunning()).isFalse();
    Finished verify = home.run("verify");
    assertThat(verify.status()).as("not compared").isEqualTo(2);
    assertThat(verify.err())
        .isEqualTo(
            "sekisho: the local Redis and MariaDB of "
                + home.data()
                + " are not running: `make stores` starts what is missing\n");
    assertThat(servers.redis().isRunning() || servers.mariaDb().isRunning()).isFalse();
    Finished again = home.run("stop");
    assertThat(again.status()).isZero();
    assertThat(again.out()).contains("No local server is running");
  }

  @Test
  void aServiceRecoversWhenItsStoresAreStartedAlone() throws IOException {
    home.servers().mariaDb().stop();
    assertThat(service.client().status("GET", "/report")).isEqualTo(503);
    service.awaitPrinted(
        "MySQL: nothing listens on " + home.data().resolve("mariadb/mariadb.sock"));
    assertThat(home.run("stop").status()).isZero();
    assertThat(service.management().status("GET", "/readyz")).isEqualTo(503);
    Finished stores = home.run("stores");
    assertThat(stores.out()).contains("Redis 6", "MariaDB").contains("ready on");
    assertThat(home.run("wait").out())
        .isEqualTo("Ready: http://127.0.0.1:" + home.managementPort() + "/readyz\n");
    assertThat(service.client().login("nobody", "guess", "192.0.2.4").status()).isEqualTo(302);
    assertNoDifference();
  }

  /** The local Redis may serve others too. */
  @Test
  void initLeavesTheKeysOfOthersAlone() throws IOException {
    try (RedisProbe redis = new RedisProbe(home.servers().redis().url())) {
      redis.send("SET", "other:key", "kept");
      init();
      assertThat(redis.send("GET", "other:key").toString()).isEqualTo("kept");
      assertSeeded();
      assertThat(StoreContents.redis(home.servers().redis().url()))
          .containsEntry("failures:user", seededRedis.get("failures:user"))
          .containsEntry("state", seededRedis.get("state"));
      redis.send("DEL", "other:key");
    }
  }

  /** A link to the data directory does not lead to a second pair of servers. */
  @Test
  void theServersAreUsedByWhateverNameTheirDirectoryHas() throws IOException {
    Path link = Files.createSymbolicLink(home.directory().resolve("link"), home.data());
    long redis = home.servers().redis().pid().orElseThrow();
    try (ServiceHome other = new ServiceHome().with("SEKISHO_DATA_DIR", link.toString())) {
      ServiceProcess second = other.startReady("run");
      assertThat(second.out()).contains("Redis", "is running on");
      assertThat(second.client().login("isucon3", "wrong", "192.0.2.3").isSuccess()).isFalse();
      second.signal("TERM");
      second.awaitEnd();
    }
    assertThat(home.servers().redis().pid()).hasValue(redis);
    assertNoDifference();
  }

  @Test
  void initUnderLoadGoesBackToTheSeed() throws IOException {
    try (SqlProbe sql = sql()) {
      sql.query("DELETE FROM users WHERE login = 'isucon1'");
    }
    assertThat(service.management().status("POST", "/reload")).isEqualTo(200);
    assertThat(service.client().login("isucon1", "isuconpass1", ADDRESS).isSuccess()).isFalse();
    LoginLoad load = LoginLoad.on(service.client());
    load.awaitAnswered(100);

    Finished refused = home.run("init");
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains("users 199999", "--erase sekisho");
    init("--erase", "sekisho");
    load.awaitAnswered(100);
    load.stop();
    assertThat(load.otherAnswers()).isSubsetOf("503");
    assertThat(service.client().login("isucon1", "isuconpass1", ADDRESS).isSuccess()).isTrue();
    assertSeeded();
    assertNoDifference();
  }

  @Test
  void twoInitsAtOnceDoNotMix() throws IOException {
    ServiceProcess one = home.start("init");
    ServiceProcess other = home.start("init");
    List<Finished> ends = List.of(one.awaitEnd(), other.awaitEnd());
    assertThat(ends).extracting(Finished::status).contains(0);
    // On a slow machine the one that waits may lose patience, which does no harm.
    assertThat(ends)
        .extracting(Finished::err)
        .allMatch(err -> err.isEmpty() || err.contains("another process is busy"));
    assertThat(service.management().status("GET", "/readyz")).isEqualTo(200);
    assertThat(StoreContents.redis(home.servers().redis().url())).isEqualTo(seededRedis);
    assertThat(StoreContents.mySql(home.servers().mariaDb().url())).isEqualTo(seededMySql);
    assertSeeded();
    assertNoDifference();
  }

  @Test
  void aCommandGoesOnWithTheRedisThatAnotherPutInPlace() throws Exception {
    LocalServers servers = home.servers();
    LocalStores local =
        new LocalStores(
            SettingsLoader.load(Map.of())
                .withStores(servers.redis().url(), servers.mariaDb().url()),
            servers,
            true);
    Vertx vertx = Vertx.vertx();
    Thread command = new Thread(() -> local.requireReachable(vertx));
    AtomicReference<Throwable> problem = new AtomicReference<>();
    command.setUncaughtExceptionHandler((thread, error) -> problem.set(error));
    long paused = servers.redis().pid().orElseThrow();
    Signals.pause(paused);
    command.start();
    Until.isTrue("it waits for Redis", () -> command.getState() == Thread.State.TIMED_WAITING);
    // Not by the handle: the command may hold the directory by now, if this machine is slow.
    ProcessHandle.of(paused).orElseThrow().destroyForcibly();
    servers.redis().start();
    command.join();
    assertThat(problem.get()).isNull();
    vertx.close().await();
  }

  @Test
  void anInitCutShortIsToldAndMendedByAnother() throws IOException {
    ServiceProcess init = home.start("init");
    // The attempts take longest.
    init.awaitPrinted("MySQL: 200000 users");
    init.awaitPrinted("put in place");
    init.kill();
    service.awaitPrinted("if `make init` was interrupted, run it again");
    assertThat(service.client().login("isucon1", "isuconpass1", ADDRESS).status()).isEqualTo(503);
    assertThat(service.client().status("GET", "/report")).isEqualTo(503);
    assertThat(service.management().status("GET", "/readyz")).isEqualTo(503);

    init();
    assertThat(service.client().login("isucon1", "isuconpass1", ADDRESS).isSuccess()).isTrue();
    assertSeeded();
    assertNoDifference();
  }

  @Test
  void rebuildUnderLoadLosesNothing() {
    LoginLoad load = LoginLoad.on(service.client());
    load.awaitAnswered(100);
    Finished rebuild = home.run("rebuild");
    assertThat(rebuild.status()).as(rebuild.out() + rebuild.err()).isZero();
    load.awaitAnswered(100);
    load.stop();
    assertThat(load.otherAnswers()).isSubsetOf("503");
    assertLogged(load);
    assertNoDifference();
  }

  /** Attempts of all kinds from a few addresses, four at a time; all are answered. */
  private static void randomLoad(int attempts) {
    CompletableFuture.allOf(
            IntStream.range(0, 4)
                .mapToObj(
                    seed ->
                        CompletableFuture.runAsync(
                            () -> randomAttempts(new Random(seed), attempts / 4)))
                .toArray(CompletableFuture[]::new))
        .join();
  }

  private static void randomAttempts(Random random, int attempts) {
    Client client = service.client();
    for (int i = 0; i < attempts; i++) {
      int user = 1 + random.nextInt(9);
      String login = random.nextInt(10) == 0 ? "nobody" + random.nextInt(50) : "isucon" + user;
      String password = random.nextInt(3) == 0 ? "wrong" : "isuconpass" + user;
      try {
        assertThat(client.login(login, password, "198.51.100." + random.nextInt(40)).status())
            .isEqualTo(302);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
