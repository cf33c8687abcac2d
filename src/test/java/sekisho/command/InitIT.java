package sekisho.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sekisho.testing.RedisProbe;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceHome.Finished;
import sekisho.testing.ServiceProcess;
import sekisho.testing.Signals;
import sekisho.testing.SmallStores;
import sekisho.testing.SqlProbe;
import sekisho.testing.TestServers;
import sekisho.testing.Until;

/** What {@code init} replaces, and whom it waits for, on stores that are configured. */
class InitIT {

  private static final String USER =
      "INSERT INTO users VALUES (77, 'ceo', SHA2('secret:salt', 256), 'salt')";
  private static final String ATTEMPT =
      "INSERT INTO login_log VALUES (1, NOW(3), NULL, 'nobody', '192.0.2.1', 0), (2, NOW(3), NULL, 'nobody', '192.0.2.1', 0)";

  private final SmallStores stores = SmallStores.empty(TestServers.shared());
  private final ServiceHome home = new ServiceHome().with(stores);

  @AfterEach
  void closeHome() {
    home.close();
  }

  private void refuses(List<String> arguments, String... parts) {
    Finished end = home.run(arguments.toArray(String[]::new));
    assertThat(end.status()).as(end.out() + end.err()).isEqualTo(1);
    assertThat(end.err().lines())
        .as("standard error")
        .singleElement()
        .asString()
        .contains(parts)
        .contains("nothing was changed");
  }

  private Finished init(String... arguments) {
    Finished end = home.run(arguments.length == 0 ? new String[] {"init"} : arguments);
    assertThat(end.status()).as(end.out() + end.err()).isZero();
    return end;
  }

  private String database() {
    try (SqlProbe sql = stores.sql()) {
      return sql.query("SELECT DATABASE()").get(0);
    }
  }

  private List<String> query(String statement) {
    try (SqlProbe sql = stores.sql()) {
      return sql.query(statement);
    }
  }

  private void makeTables() {
    SmallStores.createTables(stores);
  }

  @Test
  void otherUsersAreErasedOnlyByTheNameOfTheDatabase() {
    makeTables();
    query(USER);
    query(ATTEMPT);
    query("CREATE TABLE orders (id INT)");
    query("INSERT INTO orders VALUES (5)");
    refuses(
        List.of("init"),
        "database " + database(),
        "login_log 2",
        "users 1",
        "--erase " + database());
    refuses(List.of("init", "--erase", "other"), "--erase other", "the database is " + database());
    assertThat(query("SELECT login FROM users")).containsExactly("ceo");
    assertThat(query("SELECT COUNT(*) FROM login_log")).containsExactly("2");
    assertThat(query("SELECT COUNT(*) FROM service_state")).containsExactly("0");

    init("init", "--erase", database());
    assertThat(query("SELECT COUNT(*), SUM(login = 'ceo') FROM users")).containsExactly("200000 0");
    assertThat(query("SELECT id FROM orders")).as("a table of somebody else").containsExactly("5");
    query(
        "INSERT INTO login_log SELECT id + 1000000, created_at, user_id, login, ip, succeeded FROM login_log");
    init();
    assertThat(query("SELECT COUNT(*) FROM login_log"))
        .as("users of the seed, another log")
        .containsExactly("69800");
    query("UPDATE users SET salt = 'other' WHERE id = 150000");
    refuses(List.of("init"), "users 200000");
  }

  @Test
  void emptyUsersBesideALogAreNotEmptyStores() {
    makeTables();
    query(ATTEMPT);
    refuses(List.of("init"), "login_log 2");
    assertThat(query("SELECT COUNT(*) FROM login_log")).containsExactly("2");
  }

  @Test
  void anEmptyDatabaseDoesNotStandForWhatIsInRedis() {
    try (RedisProbe redis = new RedisProbe(stores.redisUrl())) {
      redis.send("RPUSH", stores.prefix() + "queue", "an attempt");
      refuses(List.of("init"), "database " + database() + " is empty", "Redis", stores.prefix());
      assertThat(redis.send("LLEN", stores.prefix() + "queue").toString()).isEqualTo("1");
      assertThat(query("SHOW TABLES")).isEmpty();
    }
  }

  /** Both by a kill between the two stores: Redis had been replaced, no user was there yet. */
  @Test
  void whatWasHalfReplacedInRedisAloneIsReplacedButNoHistoryInForce() {
    makeTables();
    query("INSERT INTO service_state (id, watermark, generation) VALUES (1, 0, '')");
    try (RedisProbe redis = new RedisProbe(stores.redisUrl())) {
      redis.send("HSET", stores.prefix() + "failures:user", "7", "3");
      redis.send("HSET", stores.prefix() + "state", "sequence", "69800", "generation", "another");
      refuses(List.of("init"), "database " + database() + " is empty", "Redis", stores.prefix());
      redis.send("HDEL", stores.prefix() + "state", "generation");
      init();
      assertThat(redis.send("HLEN", stores.prefix() + "failures:user").toInteger())
          .isGreaterThan(2500);
    }
  }

  @Test
  void aTableOfAnotherApplicationIsNamed() {
    query("CREATE TABLE users (id INT, email TEXT)");
    query("INSERT INTO users VALUES (1, 'a@example.com')");
    refuses(List.of("init"), "database " + database(), "users 1");
    assertThat(query("SHOW TABLES")).containsExactly("users");
  }

  /** Whoever was killed in the middle had leave; but not for what somebody has put there since. */
  @Test
  void whatIsHalfReplacedIsReplacedButNoOtherUsers() {
    makeTables();
    query("INSERT INTO service_state (id, watermark, generation) VALUES (1, 0, '')");
    query(ATTEMPT);
    query(USER);
    refuses(List.of("init"), "users 1");
    query("DELETE FROM users");
    init();
    query("DELETE FROM users WHERE id > 25000");
    query("UPDATE service_state SET generation = ''");
    init();
    assertThat(query("SELECT COUNT(*) FROM users")).containsExactly("200000");
  }

  private static boolean isLetIn(ServiceProcess instance) {
    try {
      return instance.client().login("isucon2", "isuconpass2", "192.0.2.1").isSuccess();
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void silentInstancesAreNamedAndNotWaitedFor() throws IOException {
    init();
    ServiceProcess service = home.startReady("serve");
    try (ServiceHome otherHome =
            new ServiceHome().with(stores).with("SEKISHO_HTTP_EVENT_LOOPS", "2");
        ServiceHome thirdHome = new ServiceHome().with(stores)) {
      ServiceProcess other = otherHome.startReady("serve");
      ServiceProcess third = thirdHome.startReady("serve");
      third.kill();
      Signals.pause(other.pid());
      Finished end = init();
      assertThat(end.out())
          .contains(
              ":" + otherHome.port() + " has been silent for ",
              ":" + thirdHome.port() + " has been silent")
          .doesNotContain(":" + home.port() + " has");
      assertThat(service.client().login("isucon1", "isuconpass1", "192.0.2.1").isSuccess())
          .isTrue();
      Signals.resume(other.pid());
      // Until it has noticed what was done meanwhile, it decides nothing.
      Until.isTrue("it serves the new state", () -> isLetIn(other));
      Finished again = init();
      assertThat(again.out())
          .contains(":" + thirdHome.port() + " has been silent")
          .doesNotContain(":" + otherHome.port() + " has");
      for (ServiceProcess each : List.of(service, other)) {
        assertThat(each.client().login("isucon1", "wrong", "192.0.2.1").status()).isEqualTo(302);
        assertThat(each.client().status("GET", "/report")).isEqualTo(200);
      }
    }
  }
}
