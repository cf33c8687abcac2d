package sekisho.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceProcess;
import sekisho.testing.SmallStores;
import sekisho.testing.SqlProbe;
import sekisho.testing.TestServers;

/** {@code run} starts servers only for the stores that have no URL. */
class ConfiguredStoresIT {

  private final ServiceHome home = new ServiceHome();

  @AfterEach
  void closeHome() {
    home.close();
  }

  private ServiceProcess run(SmallStores stores) {
    ServiceProcess service = home.startReady("run");
    assertThat(service.client().report()).isEqualTo("{\"banned_ips\":[],\"locked_users\":[]}");
    try (SqlProbe sql = stores.sql()) {
      assertThat(sql.query("SELECT COUNT(*) FROM users"))
          .as("users, which are not those of the seed")
          .containsExactly("1");
    }
    return service;
  }

  @Test
  void withBothUrlsNothingIsStartedAndNoSeedIsLoaded() {
    SmallStores stores = SmallStores.withUsers(TestServers.shared(), 1);
    home.with(stores);
    ServiceProcess service = run(stores);
    assertThat(service.out()).doesNotContain("ready on /", "seed");
    assertThat(home.data())
        .isDirectoryNotContaining(
            file ->
                !Set.of("session.key", "management.token", "flush")
                    .contains(file.getFileName().toString()));
    assertThat(home.servers().redis().isRunning() || home.servers().mariaDb().isRunning())
        .isFalse();
  }

  @Test
  void withMySqlAloneARedisIsStarted() {
    SmallStores stores = SmallStores.withUsers(TestServers.shared(), 1);
    home.with("SEKISHO_MYSQL_URL", stores.mysqlUrl());
    run(stores);
    assertThat(home.servers().redis().isRunning()).isTrue();
    assertThat(home.data().resolve("mariadb")).doesNotExist();
  }

  @Test
  void withRedisAloneAMariaDbIsStartedAndSeeded() {
    SmallStores stores = SmallStores.withUsers(TestServers.shared(), 1);
    home.with("SEKISHO_REDIS_URL", stores.redisUrl())
        .with("SEKISHO_REDIS_KEY_PREFIX", stores.prefix());
    ServiceProcess service = home.startReady("run");
    assertThat(service.client().report()).startsWith("{\"banned_ips\":[],\"locked_users\":[\"");
    assertThat(home.servers().mariaDb().isRunning()).isTrue();
    assertThat(home.data().resolve("redis")).doesNotExist();
    assertThat(home.run("verify").out()).contains(" 2500 locked users, 0 differences.");
  }

  /**
   * What a locale makes of digits, letters and years is for people, not for the stores, the pages
   * and the log.
   */
  @ParameterizedTest
  @CsvSource({"tr, ''", "ar, nu-arab", "th, ca-buddhist-nu-thai", "hi, nu-deva"})
  void anyLocaleOfThePlatformWillDo(String language, String extensions) throws IOException {
    home.with(SmallStores.withUsers(TestServers.shared(), 1))
        .with("SEKISHO_HTTP_HOST", "::1")
        .withOption("-Duser.language=" + language)
        .withOption("-Duser.extensions=u-" + extensions);
    ServiceProcess service = home.start("serve");
    service.awaitPrinted("serving on http://[::1]:" + home.port() + "/ (1 users");
    assertThat(service.err()).isEmpty();
    service.awaitReady();
    assertThat(home.run("wait", "0").status()).isZero();
    assertThat(home.run("verify").out())
        .contains("Compared 0 attempts in the log and 0 in the queue");
  }

  /** Then the native transport cannot be unpacked; the one of the JDK is slower, but serves. */
  @Test
  void aTemporaryDirectoryThatCannotBeWrittenIsNoHindrance() {
    SmallStores stores = SmallStores.withUsers(TestServers.shared(), 1);
    home.with(stores).withOption("-Djava.io.tmpdir=/sys");
    ServiceProcess service = run(stores);
    assertThat(service.out())
        .contains("NIO: no native transport")
        .doesNotContain("Exception", "\tat ");
    assertThat(service.err()).isEmpty();
  }

  @Test
  void stopLooksWhereTheConfigurationFileSaysThatTheDataAre() throws IOException {
    Path data = home.directory().resolve("elsewhere");
    Path file =
        Files.writeString(
            home.directory().resolve("a.properties"), "sekisho.data.dir=" + data + "\n");
    home.with("SEKISHO_DATA_DIR", null).with("SEKISHO_CONFIG", file.toString());
    assertThat(home.run("stop").out()).isEqualTo("No local server is running on " + data + "\n");
  }
}
