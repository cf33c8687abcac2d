package sekisho.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sekisho.mysql.Statements;
import sekisho.testing.FileNames;
import sekisho.testing.RedisProbe;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceHome.Finished;
import sekisho.testing.SmallStores;
import sekisho.testing.SqlProbe;
import sekisho.testing.TestServers;

/** Whatever keeps the service from starting is said in one line on standard error. */
class StartFailureIT {

  private static SmallStores stores;
  private ServiceHome home;

  @BeforeAll
  static void makeStores() {
    stores = SmallStores.withUsers(TestServers.shared(), 1);
  }

  @AfterAll
  static void forgetStores() {
    stores = null;
  }

  @BeforeEach
  void makeHome() {
    home = new ServiceHome().with(stores);
  }

  @AfterEach
  void closeHome() {
    home.close();
  }

  /** The service does not start, and says why in one line that has all these parts. */
  private Finished refuses(String command, String... parts) {
    Finished end = home.run(command);
    assertThat(end.status()).as(end.out() + end.err()).isNotZero();
    assertThat(end.err().lines())
        .as("standard error")
        .singleElement()
        .asString()
        .startsWith("sekisho: ")
        .contains(parts);
    assertThat(end.out()).doesNotContain("Exception", "\tat ").doesNotContain("serving");
    return end;
  }

  @Test
  void serveWithoutUrls() {
    home.with("SEKISHO_REDIS_URL", null);
    refuses("serve", "SEKISHO_REDIS_URL", "SEKISHO_MYSQL_URL", "make run");
  }

  @ParameterizedTest
  @CsvSource({
    "serve, SEKISHO_HTTP_PORT, sekisho.http.port",
    "serve, SEKISHO_MANAGEMENT_PORT, sekisho.management.port",
    "run, SEKISHO_HTTP_PORT, sekisho.http.port"
  })
  void aPortThatIsTaken(String command, String variable, String setting) throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      home.with(variable, Integer.toString(taken.getLocalPort()));
      refuses(
          command,
          "cannot listen on 127.0.0.1:" + taken.getLocalPort(),
          "another process",
          setting);
    }
  }

  @Test
  void aTakenPortIsFoundBeforeLocalServersAreStarted() throws IOException {
    home.with("SEKISHO_REDIS_URL", null).with("SEKISHO_MYSQL_URL", null);
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      home.with("SEKISHO_HTTP_PORT", Integer.toString(taken.getLocalPort()));
      refuses("run", "sekisho.http.port");
    }
    assertThat(home.data()).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({"no.such.host.invalid", "192.0.2.1"})
  void anAddressThatIsNotOurs(String host) {
    home.with("SEKISHO_HTTP_HOST", host);
    refuses("serve", host, "sekisho.http.host");
  }

  @ParameterizedTest
  @CsvSource({"serve", "run", "verify"})
  void mySqlThatNobodyListensOn(String command) {
    int port = ServiceHome.freePort();
    home.with("SEKISHO_MYSQL_URL", "mysql://sekisho:not-this-one@127.0.0.1:" + port + "/sekisho");
    Finished end =
        refuses(command, "MySQL at 127.0.0.1:" + port, "sekisho.mysql.url", "nobody listens");
    assertThat(end.out() + end.err()).doesNotContain("not-this-one");
  }

  @Test
  void aMySqlSocketThatIsNotThere() {
    home.with(
        "SEKISHO_MYSQL_URL",
        "mysql://sekisho:secret@localhost/sekisho?socket=" + home.directory() + "/none.sock");
    refuses("serve", "MySQL at " + home.directory() + "/none.sock", "there is no such socket");
  }

  @Test
  void aWrongMySqlPassword() {
    home.with("SEKISHO_MYSQL_URL", stores.mysqlUrl().replaceFirst(":[0-9a-f]+@", ":not-this-one@"));
    Finished end = refuses("serve", "sekisho.mysql.url", "Access denied for user 'sekisho'");
    assertThat(end.out() + end.err()).doesNotContain("not-this-one", "errorCode");
  }

  @Test
  void aDatabaseThatIsNotThere() {
    home.with(
        "SEKISHO_MYSQL_URL", stores.mysqlUrl().replaceFirst("/sekisho_\\w+", "/sekisho_none"));
    refuses("serve", "sekisho.mysql.url", "Unknown database 'sekisho_none'");
  }

  @ParameterizedTest
  @CsvSource({"serve", "run"})
  void redisThatNobodyListensOn(String command) {
    int port = ServiceHome.freePort();
    home.with("SEKISHO_REDIS_URL", "redis://:not-this-one@127.0.0.1:" + port);
    Finished end =
        refuses(command, "Redis at 127.0.0.1:" + port, "sekisho.redis.url", "nobody listens");
    assertThat(end.out() + end.err()).doesNotContain("not-this-one");
  }

  /** It would fail at the first login, or when Redis has lost what is remembered. */
  @Test
  void moreMemoryForAttemptsThanThereIs() {
    home.with("SEKISHO_REDIS_RECENT_MB", "600");
    refuses("serve", "sekisho.redis.recent-mb=600", "start Java with -Xmx4500m or more");
  }

  @Test
  void aRedisSocketThatIsNotThere() {
    home.with("SEKISHO_REDIS_URL", "unix://" + home.directory() + "/none.sock");
    refuses("serve", "Redis at " + home.directory() + "/none.sock", "there is no such socket");
  }

  @ParameterizedTest
  @CsvSource({
    "SEKISHO_REDIS_URL, localhost",
    "SEKISHO_REDIS_URL, redis:/x",
    "SEKISHO_REDIS_URL, 'redis://user:geheim@a b'",
    "SEKISHO_MYSQL_URL, localhost:3306",
    "SEKISHO_MYSQL_URL, mysql://user:geheim@127.0.0.1",
    "SEKISHO_MYSQL_URL, mysql://user:geheim@127.0.0.1:x/sekisho"
  })
  void aMalformedUrl(String variable, String url) {
    home.with(variable, url);
    Finished end =
        refuses("serve", variable.toLowerCase().replace('_', '.'), " is ", " a URL such as ");
    assertThat(end.out() + end.err()).doesNotContain("geheim");
  }

  @Test
  void noSchema() {
    home.with(SmallStores.empty(TestServers.shared()));
    refuses("serve", "the schema is missing", "sql/schema.sql");
  }

  @Test
  void aTableThatLacksAColumn() {
    SmallStores old = SmallStores.withUsers(TestServers.shared(), 1);
    try (SqlProbe sql = old.sql()) {
      sql.query("ALTER TABLE last_logins DROP COLUMN previous_ip");
    }
    home.with(old);
    refuses("serve", "table last_logins", "previous_ip", "sql/schema.sql");
  }

  /**
   * The tables that the application began with, in the contest, and then those of the service
   * beside them.
   */
  @Test
  void theSchemaOfTheContestUntilItsTablesAreAltered() {
    SmallStores contest = SmallStores.empty(TestServers.shared());
    try (SqlProbe sql = contest.sql()) {
      sql.query(
          "CREATE TABLE users (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, login varchar(255) NOT NULL UNIQUE,"
              + " password_hash varchar(255) NOT NULL, salt varchar(255) NOT NULL) DEFAULT CHARSET=utf8");
      sql.query(
          "CREATE TABLE login_log (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, created_at datetime NOT NULL, user_id int,"
              + " login varchar(255) NOT NULL, ip varchar(255) NOT NULL, succeeded tinyint NOT NULL) DEFAULT CHARSET=utf8");
      sql.query("INSERT INTO users VALUES (1, 'isucon1', SHA2('isuconpass1:salt1', 256), 'salt1')");
      sql.query(
          "INSERT INTO login_log VALUES (1, '2014-02-22 00:00:00', 1, 'isucon1', '127.0.0.1', 1)");
      Statements.schema().forEach(sql::query);
      home.with(contest);
      Finished end = refuses("serve", "table users ", "table login_log ", "ALTER TABLE ");
      for (String statement : end.err().replaceFirst("(?s).*?(?=ALTER TABLE )", "").split(";")) {
        sql.query(statement.strip());
      }
    }
    home.startReady("serve");
  }

  @Test
  void redisThatMayEvictCounters() {
    try (RedisProbe redis = new RedisProbe(stores.redisUrl())) {
      redis.send("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
      try {
        refuses("serve", "maxmemory-policy allkeys-lru", "noeviction");
      } finally {
        redis.send("CONFIG", "SET", "maxmemory-policy", "noeviction");
      }
    }
  }

  @Test
  void aReplica() {
    try (RedisProbe redis = new RedisProbe(stores.redisUrl())) {
      redis.send("REPLICAOF", "127.0.0.1", "1");
      try {
        refuses("serve", "Redis is a replica", "sekisho.redis.url");
      } finally {
        redis.send("REPLICAOF", "NO", "ONE");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SEKISHO_HTTP_PROT, 8080, unknown setting SEKISHO_HTTP_PROT",
    "SEKISHO_IP_BAN_THRESHOLD, ten, SEKISHO_IP_BAN_THRESHOLD",
    "SEKISHO_SESSION_KEY, c2hvcnQ=, 32 bytes"
  })
  void aSettingThatIsWrong(String variable, String value, String part) {
    home.with(variable, value);
    refuses("serve", part);
  }

  @Test
  void aConfigurationFileThatCannotBeUsed() throws IOException {
    Path none = home.directory().resolve("none.properties");
    home.with("SEKISHO_CONFIG", none.toString());
    refuses("serve", "configuration file " + none, "it is not there");
    home.with("SEKISHO_CONFIG", home.directory().toString());
    refuses("serve", "configuration file " + home.directory(), "directory");
    Path malformed =
        Files.writeString(
            home.directory().resolve("bad.properties"), "sekisho.http.host=\\u00zz\n");
    home.with("SEKISHO_CONFIG", malformed.toString());
    refuses("serve", "configuration file " + malformed);
    Path unknown =
        Files.writeString(home.directory().resolve("typo.properties"), "sekisho.http.prot=80\n");
    home.with("SEKISHO_CONFIG", unknown.toString());
    refuses("serve", "unknown setting sekisho.http.prot", unknown.toString());
  }

  @Test
  void aSessionKeyFileThatCannotBeUsed() throws IOException {
    Files.createDirectories(home.data());
    Path file = Files.writeString(home.data().resolve("session.key"), "no key\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    refuses("serve", file.toString(), "malformed");
    Files.writeString(file, "0123456789abcdef".repeat(4) + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    Finished end = refuses("serve", file.toString(), "chmod 600");
    assertThat(end.err()).doesNotContain("0123456789abcdef");
  }

  @ParameterizedTest
  @CsvSource({"serve", "run"})
  void aDataDirectoryThatCannotBeMade(String command) throws IOException {
    Path file = Files.writeString(home.directory().resolve("file"), "");
    home.with("SEKISHO_DATA_DIR", file.resolve("data").toString());
    refuses(command, "data directory " + file.resolve("data"), "sekisho.data.dir");
    home.with("SEKISHO_REDIS_URL", null);
    refuses("run", file.resolve("data").toString(), "SEKISHO_DATA_DIR");
  }

  @ParameterizedTest
  @CsvSource({"verify", "rebuild"})
  void nothingIsThereAndNothingIsMade(String command) {
    home.with("SEKISHO_REDIS_URL", null).with("SEKISHO_MYSQL_URL", null);
    refuses(command, "no local stores in " + home.data(), "make run");
    assertThat(home.data()).doesNotExist();
  }

  @Test
  void verifyMakesNoFileBesideStoresThatAreConfigured() {
    home.run("verify");
    assertThat(home.data()).doesNotExist();
  }

  @Test
  void noFileIsLeftInTheTemporaryDirectory() throws IOException {
    Path temporary = Files.createDirectories(home.directory().resolve("empty"));
    home.withOption("-Djava.io.tmpdir=" + temporary).run("verify");
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void aWorkingDirectoryThatTheLocaleCannotName() throws IOException {
    FileNames.assumeAnyLetter();
    Path directory = Files.createDirectories(home.directory().resolve("関所 ü"));
    Finished end =
        home.startProgram(
                directory,
                List.of(
                    "env",
                    "LC_ALL=C",
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-jar",
                    ServiceHome.builtJar().toString(),
                    "verify"))
            .awaitEnd();
    assertThat(end.status()).isEqualTo(1);
    assertThat(end.err().lines()).singleElement().asString().contains("LC_ALL=C.UTF-8");
  }

  @Test
  void aFileThatCannotBeReadIsNamedWithTheReason() throws IOException {
    Path directory = Files.createDirectory(home.directory().resolve("directory"));
    home.with("SEKISHO_MYSQL_CA_FILE", directory.toString())
        .with("SEKISHO_MYSQL_URL", "mysql://u:p@127.0.0.1/sekisho");
    refuses("serve", "sekisho.mysql.ca-file", directory.toString(), "Is a directory");
    home.with("SEKISHO_MYSQL_CA_FILE", null)
        .with("SEKISHO_MYSQL_URL", null)
        .with("SEKISHO_MYSQL_URL_FILE", directory.toString());
    refuses("serve", "SEKISHO_MYSQL_URL_FILE", "Is a directory");
  }

  @Test
  void aDataDirectoryWithTooLongAPathForSockets() {
    home.with("SEKISHO_REDIS_URL", null)
        .with("SEKISHO_DATA_DIR", home.directory().resolve("d".repeat(90)).toString());
    refuses("run", "SEKISHO_DATA_DIR", "shorter");
  }
}
