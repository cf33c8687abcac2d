package sekisho.stores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.app.Service;
import sekisho.app.Settings;
import sekisho.app.SettingsLoader;
import sekisho.app.StartException;
import sekisho.app.Stores;
import sekisho.login.Outcome;
import sekisho.login.Thresholds;
import sekisho.metrics.ServiceMetrics;
import sekisho.mysql.Statements;
import sekisho.testing.Browser;
import sekisho.testing.HttpProbe;
import sekisho.testing.HttpReply;
import sekisho.testing.RedisProbe;
import sekisho.testing.ServiceHome;
import sekisho.testing.SqlProbe;
import sekisho.testing.TestServers;
import sekisho.testing.TestUser;
import sekisho.testing.Until;
import sekisho.testing.Waiting;
import sekisho.verify.Verification;

/**
 * The accounts of {@code docs/rights.md}: what they may do is enough, and nothing of it can be
 * missing unnoticed.
 */
class RightsIT {

  private static final String PAGE = page();
  private static final String DOCUMENT = "docs/rights.md lists all rights that are needed";
  private static final Pattern GRANT =
      Pattern.compile("GRANT ([A-Z, ]+) ON sekisho\\.(\\w+) TO .*");

  /** Statements to serve, then those for {@code init}. */
  private static final List<List<String>> SQL =
      Pattern.compile("(?s)```sql\n(.*?)```")
          .matcher(PAGE)
          .results()
          .map(block -> block.group(1).lines().toList())
          .toList();

  /** What follows {@code ACL SETUSER name}. */
  private static final List<String> RULES =
      List.of(
          PAGE.lines()
              .filter(line -> line.startsWith("ACL SETUSER "))
              .findFirst()
              .orElseThrow()
              .replaceFirst("ACL SETUSER \\S+ ", "")
              .split(" "));

  private static final String ACCOUNT = "rights";
  private static final String PASSWORD = "secret";
  private static final String DATABASE = "matrix_rights";
  private static final String BANNED = "192.0.2.66";
  private static final TestUser USER = TestUser.of(1, "日本");

  private static TestServers redis;
  private static MatrixServer mariaDb;
  private static SqlProbe sql;
  private static RedisProbe keys;

  @BeforeAll
  static void startServers() {
    redis = TestServers.prepare(TestServers.installedServers());
    redis.servers().redis().start();
    keys = new RedisProbe(redis.servers().redis().url());
    mariaDb =
        MatrixServer.prepare(Origin.INSTALLED.isPresent() ? Origin.INSTALLED : Origin.FETCHED);
    mariaDb.start(ServerConfiguration.plain());
    sql = mariaDb.administrator("mysql");
    createStores();
  }

  @AfterAll
  static void stopServers() {
    sql.close();
    keys.close();
    mariaDb.close();
    redis.close();
  }

  @ParameterizedTest
  @EnumSource
  void serveVerifyAndRebuildNeedNoMore(FlushPath path) throws IOException {
    createStores();
    Settings settings = settings(path);
    try (Service service = Service.start(settings);
        Browser browser = new Browser(service.port(), "192.0.2.1")) {
      assertThat(browser.fail(USER)).isEqualTo(Outcome.WRONG);
      assertThat(browser.login(USER)).isEqualTo(Outcome.SUCCESS);
      browser.from(BANNED);
      for (int i = 0; i < 10; i++) {
        assertThat(browser.login("nobody", "x")).isEqualTo(Outcome.WRONG);
      }
      // Ends in quarantine, and is removed from the middle of the queue.
      keys.send("RPUSH", "{sekisho}:queue", "no attempt");
      assertThat(browser.login(USER)).isEqualTo(Outcome.BANNED);
      assertReported(service, "[]");
      assertThat(reload(service).status()).isEqualTo(200);
      assertThat(browser.login(USER)).isEqualTo(Outcome.BANNED);
      keys.send("FLUSHALL");
      Until.isTrue(
          "Redis is repaired",
          () -> {
            browser.sendLogin(USER.login(), USER.password());
            return browser.receive().status() == 302;
          });
      assertThat(browser.get("/").element("notice-message")).isEqualTo("You're banned.");
      assertReported(service, "[\"" + USER.login() + "\"]");
      withStores(settings, stores -> stores.rebuild().fromLog());
      withStores(
          settings,
          stores ->
              assertThat(
                      new Verification(
                              stores.database(), stores.redis(), stores.keys(), Thresholds.DEFAULT)
                          .run()
                          .differences())
                  .isEmpty());
    }
    assertThat(count("login_log")).isEqualTo("15");
    assertThat(count("quarantine")).isEqualTo("1");
    assertThat(count("instances")).isEqualTo("0");
  }

  @Test
  void theAccountMayEndItsOwnConnections() {
    try (SqlProbe one = new SqlProbe(url());
        SqlProbe other = new SqlProbe(url())) {
      one.query("KILL " + other.query("SELECT CONNECTION_ID()").get(0));
      assertThatThrownBy(() -> other.query("SELECT 1")).isInstanceOf(IllegalStateException.class);
    }
  }

  static Stream<Arguments> grants() {
    return SQL.get(0).stream()
        .map(GRANT::matcher)
        .filter(Matcher::matches)
        .flatMap(
            grant ->
                Stream.of(grant.group(1).split(", "))
                    .map(right -> Arguments.of(right, grant.group(2))));
  }

  @ParameterizedTest
  @MethodSource("grants")
  void aMissingRightInMySqlIsNamed(String right, String table) throws IOException {
    Settings settings = settings(FlushPath.FILE);
    sql.query(
        "REVOKE " + right + " ON " + DATABASE + "." + table + " FROM " + ACCOUNT + "@localhost");
    try {
      assertRefused(settings, right, table, ACCOUNT);
    } finally {
      sql.query(
          "GRANT " + right + " ON " + DATABASE + "." + table + " TO " + ACCOUNT + "@localhost");
    }
  }

  static Stream<String> rules() {
    return RULES.stream().filter(rule -> rule.startsWith("+") || rule.startsWith("~"));
  }

  @ParameterizedTest
  @MethodSource("rules")
  void aMissingRightInRedisIsNamed(String rule) throws IOException {
    Settings settings = settings(FlushPath.FILE);
    setRules(RULES.stream().filter(each -> !each.equals(rule)).toList());
    try {
      assertRefused(settings, "the user lacks " + rule + " (");
    } finally {
      setRules(RULES);
    }
  }

  @Test
  void theLookAtTheRightsChangesNothingInRedis() throws IOException {
    createStores();
    Vertx vertx = Vertx.vertx();
    try {
      Stores.requireReachable(vertx, settings(FlushPath.FILE));
    } finally {
      Waiting.on(vertx.close());
    }
    assertThat(keys.send("KEYS", "*").size()).isZero();
  }

  @Test
  void aDatabaseWithoutAnyRightIsRefused() throws IOException {
    Settings settings = settings(FlushPath.FILE);
    sql.query("REVOKE ALL PRIVILEGES, GRANT OPTION FROM " + ACCOUNT + "@localhost");
    try {
      assertRefused(settings, ACCOUNT, DATABASE);
    } finally {
      SQL.get(0).stream().filter(line -> line.startsWith("GRANT")).forEach(RightsIT::run);
    }
  }

  @Test
  void initNeedsWhatIsSaid() {
    createStores();
    try (ServiceHome home =
        new ServiceHome().with("SEKISHO_REDIS_URL", redisUrl()).with("SEKISHO_MYSQL_URL", url())) {
      ServiceHome.Finished refused = home.run("init", "--erase", DATABASE);
      assertThat(refused.status()).isNotZero();
      assertThat(refused.err()).contains("command denied").contains(DOCUMENT);
      SQL.get(1).forEach(RightsIT::run);
      ServiceHome.Finished done = home.run("init", "--erase", DATABASE);
      assertThat(done.status()).as(done.err()).isZero();
      home.startReady("serve").kill();
      // Once more, over tables that are full.
      assertThat(home.run("init").status()).isZero();
    } finally {
      createStores();
    }
  }

  private static void assertRefused(Settings settings, String... words) {
    assertThatThrownBy(() -> Service.start(settings).close())
        .isInstanceOf(StartException.class)
        .message()
        .contains(words)
        .contains(DOCUMENT)
        .doesNotContain("\n")
        .doesNotContain(PASSWORD);
  }

  private static void assertReported(Service service, String lockedUsers) {
    HttpReply report =
        HttpProbe.once(service.port(), "GET /report HTTP/1.1\r\nHost: sekisho.test\r\n\r\n");
    assertThat(report.text())
        .isEqualTo("{\"banned_ips\":[\"" + BANNED + "\"],\"locked_users\":" + lockedUsers + "}");
  }

  private static HttpReply reload(Service service) {
    return HttpProbe.once(
        service.managementPort(),
        "POST /reload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
  }

  /** Empty stores but for one user, and the accounts. */
  private static void createStores() {
    sql.query("DROP DATABASE IF EXISTS " + DATABASE);
    sql.query("CREATE DATABASE " + DATABASE);
    sql.query("USE " + DATABASE);
    Statements.schema().forEach(sql::query);
    sql.query("INSERT INTO users (id, login, password_hash, salt) VALUES " + USER.sqlValues());
    sql.query("DROP USER IF EXISTS " + ACCOUNT + "@localhost");
    SQL.get(0).forEach(RightsIT::run);
    keys.send("FLUSHALL");
    setRules(RULES);
  }

  private static void run(String statement) {
    sql.query(
        statement.replace("sekisho.", DATABASE + ".").replace("'sekisho'", "'" + ACCOUNT + "'"));
  }

  private static void setRules(List<String> rules) {
    List<String> arguments = new ArrayList<>(List.of("SETUSER", ACCOUNT, "reset"));
    arguments.addAll(rules);
    keys.send("ACL", arguments.toArray(String[]::new));
  }

  private static String count(String table) {
    return sql.query("SELECT COUNT(*) FROM " + DATABASE + "." + table).get(0);
  }

  private static Settings settings(FlushPath path) throws IOException {
    Path data = Files.createTempDirectory(redis.directory(), "data");
    if (path == FlushPath.INSERT) {
      Files.createFile(data.resolve("flush")); // where the files to load would be
    }
    return SettingsLoader.load(
        Optional.empty(),
        Map.of(
            "SEKISHO_HTTP_PORT",
            "0",
            "SEKISHO_MANAGEMENT_PORT",
            "0",
            "SEKISHO_WARM_UP_MS",
            "0",
            "SEKISHO_DATA_DIR",
            data.toString(),
            "SEKISHO_REDIS_URL",
            redisUrl(),
            "SEKISHO_MYSQL_URL",
            url()));
  }

  private static String redisUrl() {
    return redis.servers().redis().url() + "?user=" + ACCOUNT + "&password=" + PASSWORD;
  }

  private static String url() {
    return mariaDb.url(ACCOUNT, PASSWORD, DATABASE);
  }

  private static void withStores(Settings settings, Consumer<Stores> work) {
    Vertx vertx = Vertx.vertx();
    try (Stores stores = Stores.of(vertx, settings, new ServiceMetrics())) {
      work.accept(stores);
    } finally {
      Waiting.on(vertx.close());
    }
  }

  private static String page() {
    try {
      return Files.readString(Path.of("docs/rights.md"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
