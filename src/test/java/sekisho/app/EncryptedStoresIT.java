package sekisho.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sekisho.login.Outcome;
import sekisho.metrics.ServiceMetrics;
import sekisho.mysql.Statements;
import sekisho.testing.Browser;
import sekisho.testing.SqlProbe;
import sekisho.testing.TcpServers;
import sekisho.testing.TestAuthority;
import sekisho.testing.TestUser;

/**
 * Passwords and TLS on the way to the stores, with real servers: {@code rediss://}, Redis users,
 * MySQL's {@code sslMode}.
 */
class EncryptedStoresIT {

  @TempDir private static Path directory;
  private static boolean redisSpeaksTls;
  private static TestAuthority authority;
  private static TestAuthority stranger;
  private static TcpServers encrypted;
  private static TcpServers plain;
  private static Vertx vertx;

  @BeforeAll
  static void startServers() throws Exception {
    redisSpeaksTls = TcpServers.redisSpeaksTls();
    authority = TestAuthority.in(Files.createDirectory(directory.resolve("ours")));
    stranger = TestAuthority.in(Files.createDirectory(directory.resolve("stranger")));
    CompletableFuture<TcpServers> starting =
        CompletableFuture.supplyAsync(() -> TcpServers.start(null));
    encrypted = redisSpeaksTls ? TcpServers.start(authority) : null;
    plain = starting.join();
    vertx = EventLoops.vertx(1);
  }

  @AfterAll
  static void stopServers() {
    plain.close();
    if (encrypted != null) {
      encrypted.close();
    }
    vertx.close();
  }

  private static void needTls() {
    assumeTrue(
        redisSpeaksTls,
        "this machine's Redis was built without TLS; name another with -Dsekisho.servers.path=…");
  }

  /** Fills in ports, password and files. */
  private static String filledIn(String text) {
    return text == null
        ? null
        : text.replace("PLAIN_REDIS", Integer.toString(plain.redisPort()))
            .replace("PLAIN_MYSQL", Integer.toString(plain.mariaDbPort()))
            .replace("TLS_REDIS", encrypted == null ? "1" : Integer.toString(encrypted.redisPort()))
            .replace(
                "TLS_MYSQL", encrypted == null ? "1" : Integer.toString(encrypted.mariaDbPort()))
            .replace("PW", TcpServers.ENCODED_PASSWORD)
            .replace("OURS", authority.authority().toString())
            .replace("STRANGER", stranger.authority().toString());
  }

  private static Settings settings(
      String redisUrl, String redisCa, String mysqlUrl, String mysqlCa) {
    Map<String, String> environment =
        new HashMap<>(
            Map.of(
                "SEKISHO_HTTP_PORT",
                "0",
                "SEKISHO_MANAGEMENT_PORT",
                "0",
                "SEKISHO_HTTP_EVENT_LOOPS",
                "1",
                "SEKISHO_SESSION_KEY",
                "5e".repeat(32)));
    put(environment, "SEKISHO_REDIS_URL", redisUrl);
    put(environment, "SEKISHO_REDIS_CA_FILE", redisCa);
    put(environment, "SEKISHO_MYSQL_URL", mysqlUrl);
    put(environment, "SEKISHO_MYSQL_CA_FILE", mysqlCa);
    return SettingsLoader.load(Optional.empty(), environment);
  }

  private static void put(Map<String, String> environment, String name, String value) {
    if (value != null) {
      environment.put(name, filledIn(value));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "true  | rediss://sekisho:PW@localhost:TLS_REDIS  | OURS | mysql://careful:PW@localhost:TLS_MYSQL/sekisho | OURS",
        "false | redis://sekisho:PW@127.0.0.1:PLAIN_REDIS | -    | mysql://sekisho:PW@127.0.0.1:PLAIN_MYSQL/sekisho | -"
      })
  void theServiceRunsOnServersWithPasswords(
      boolean tls, String redis, String redisCa, String mysql, String mysqlCa) {
    if (tls) {
      needTls();
    }
    int port = tls ? encrypted.mariaDbPort() : plain.mariaDbPort();
    TestUser user = TestUser.of(1, "somebody");
    try (SqlProbe sql =
        new SqlProbe(filledIn("mysql://sekisho:PW@127.0.0.1:" + port + "/sekisho"))) {
      Statements.schema().forEach(sql::query);
      sql.query("INSERT INTO users (id, login, password_hash, salt) VALUES " + user.sqlValues());
    }
    try (Service service = Service.start(settings(redis, redisCa, mysql, mysqlCa));
        Browser browser = new Browser(service.port(), "192.0.2.1")) {
      assertThat(browser.login(user)).isEqualTo(Outcome.SUCCESS);
      assertThat(browser.get("/mypage").status()).isEqualTo(200);
      assertThat(new Browser(service.port(), null).get("/report").text())
          .isEqualTo("{\"banned_ips\":[],\"locked_users\":[]}");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "mysql://sekisho:PW@127.0.0.1:TLS_MYSQL/sekisho                         | -    | true",
        "mysql://sekisho:PW@127.0.0.1:TLS_MYSQL/sekisho?sslMode=DISABLED        | -    | false",
        "mysql://sekisho:PW@127.0.0.1:TLS_MYSQL/sekisho?sslMode=PREFERRED       | -    | true",
        "mysql://sekisho:PW@127.0.0.1:TLS_MYSQL/sekisho?ssl-mode=required       | -    | true",
        "mysql://sekisho:PW@127.0.0.1:TLS_MYSQL/sekisho?sslMode=VERIFY_CA       | OURS | true",
        "mysql://sekisho:PW@localhost:TLS_MYSQL/sekisho?sslmode=verify-identity | OURS | true",
        "mysql://sekisho:PW@localhost:TLS_MYSQL/sekisho                         | OURS | true",
        "mysql://sekisho:PW@127.0.0.1:PLAIN_MYSQL/sekisho                       | -    | false"
      })
  void mySqlIsEncryptedAsItsUrlSays(String url, String ca, boolean isEncrypted) {
    needTls();
    try (Stores stores =
        Stores.of(vertx, settings("redis://127.0.0.1", null, url, ca), new ServiceMetrics())) {
      String cipher =
          stores
              .database()
              .query("SHOW SESSION STATUS LIKE 'Ssl_cipher'")
              .iterator()
              .next()
              .getString(1);
      assertThat(!cipher.isEmpty()).as("encrypted with '%s'", cipher).isEqualTo(isEncrypted);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "wrong authority | rediss://sekisho:PW@localhost:TLS_REDIS | STRANGER | by a trusted authority: set sekisho.redis.ca-file",
        "no authority    | rediss://sekisho:PW@localhost:TLS_REDIS | -        | by a trusted authority: set sekisho.redis.ca-file",
        "wrong host      | rediss://sekisho:PW@127.0.0.1:TLS_REDIS | OURS     | its certificate is for another host",
        "a plain server  | rediss://sekisho:PW@localhost:PLAIN_REDIS | OURS   | perhaps it does not speak TLS there",
        "TLS not asked   | redis://sekisho:PW@localhost:TLS_REDIS  | -        | rediss://",
        "wrong password  | rediss://sekisho:no@localhost:TLS_REDIS | OURS     | WRONGPASS",
        "wrong user      | redis://nobody:PW@localhost:PLAIN_REDIS | -        | WRONGPASS"
      })
  void whatIsWrongWithRedisIsSaidInOneLine(String what, String url, String ca, String words) {
    needTls();
    Settings.Redis redis = settings(url, ca, "mysql://m/d", null).redis();
    assertThatThrownBy(
            () -> StoreConnections.tryRedis(vertx, StoreOptions.redis(redis), "{sekisho}:", false))
        .as(what)
        .isInstanceOf(StartException.class)
        .hasMessageContaining("(sekisho.redis.url): ")
        .hasMessageContaining(words)
        .hasMessageNotContaining("\n")
        .hasMessageNotContaining(TcpServers.PASSWORD)
        .hasMessageNotContaining("p%40ss");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "wrong authority | mysql://sekisho:PW@localhost:TLS_MYSQL/sekisho | STRANGER | set sekisho.mysql.ca",
        "no authority    | mysql://sekisho:PW@localhost:TLS_MYSQL/sekisho?sslMode=VERIFY_CA | - | set sekisho.mysql.ca",
        "no authority    | mysql://sekisho:PW@localhost:TLS_MYSQL/sekisho?sslMode=VERIFY_IDENTITY | - | set sekisho.mysql.ca",
        "wrong host      | mysql://sekisho:PW@127.0.0.1:TLS_MYSQL/sekisho | OURS | its certificate is for another host",
        "a plain server  | mysql://sekisho:PW@localhost:PLAIN_MYSQL/sekisho?sslMode=REQUIRED | - | TLS",
        "TLS not asked   | mysql://careful:PW@localhost:TLS_MYSQL/sekisho?sslMode=DISABLED | - | Access denied",
        "wrong password  | mysql://sekisho:no@localhost:TLS_MYSQL/sekisho | OURS | Access denied"
      })
  void whatIsWrongWithMySqlIsSaidInOneLine(String what, String url, String ca, String words) {
    needTls();
    Settings.MySql mysql = settings("redis://r", null, url, ca).mysql();
    assertThatThrownBy(() -> StoreConnections.tryMySql(vertx, StoreOptions.mySql(mysql)))
        .as(what)
        .isInstanceOf(StartException.class)
        .hasMessageContaining("(sekisho.mysql.url): ")
        .hasMessageContaining(words)
        .hasMessageNotContaining("\n")
        .hasMessageNotContaining(TcpServers.PASSWORD)
        .hasMessageNotContaining("p%40ss");
  }
}
