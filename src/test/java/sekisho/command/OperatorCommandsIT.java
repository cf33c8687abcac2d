package sekisho.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sekisho.login.Outcome;
import sekisho.testing.Browser;
import sekisho.testing.RedisProbe;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceHome.Finished;
import sekisho.testing.ServiceProcess;
import sekisho.testing.SmallStores;
import sekisho.testing.SqlProbe;
import sekisho.testing.TestServers;
import sekisho.testing.Until;

/** {@code status}, {@code users} and {@code config}, beside a running service. */
class OperatorCommandsIT {

  private final SmallStores stores = SmallStores.withUsers(TestServers.shared(), 2);
  private final ServiceHome home = new ServiceHome().with(stores);
  private int addresses;

  @AfterEach
  void closeHome() {
    home.close();
  }

  private Outcome login(String name, String password) {
    try (Browser browser = new Browser(home.port(), "192.0.2." + ++addresses % 250)) {
      return browser.login(name, password);
    }
  }

  /** A password that is no longer in force ends the session that it began. */
  private void endsTheSession(String password, String input, String command) {
    try (Browser browser = new Browser(home.port(), "198.51.100.1")) {
      assertThat(browser.login("\u65e5\u672c", password)).isEqualTo(Outcome.SUCCESS);
      Finished done = users(input, "users", command, "\u65e5\u672c");
      assertThat(done.status()).as(done.err()).isZero();
      Until.isTrue("the session has ended", () -> browser.get("/mypage").status() == 302);
    }
  }

  private Finished users(String password, String... arguments) {
    // The password is the standard input.
    return home.runWithInput(password, arguments);
  }

  private static JsonNode json(Finished finished) {
    try {
      return new ObjectMapper().readTree(finished.out());
    } catch (IOException e) {
      throw new AssertionError(finished.out() + finished.err(), e);
    }
  }

  @Test
  void usersComeAndGoOnARunningService() {
    home.startReady("serve");
    Finished added = users("p\u00e4ss w\u00f6rd\nnot this\n", "users", "add", "\u65e5\u672c");
    assertThat(added.status()).as(added.err()).isZero();
    assertThat(added.out()).isEqualTo("user '\u65e5\u672c' added\n");
    // An unknown name counts for the address alone, of which each try has another.
    Until.isTrue(
        "the user can log in",
        () -> login("\u65e5\u672c", "p\u00e4ss w\u00f6rd") == Outcome.SUCCESS);
    assertThat(users("x\n", "users", "add", "\u65e5\u672c"))
        .isEqualTo(
            new Finished(
                1, "", "sekisho: there is a user '\u65e5\u672c' already: see users passwd\n"));
    endsTheSession("p\u00e4ss w\u00f6rd", "other\n", "passwd");
    endsTheSession("other", "", "disable");
    assertThat(login("\u65e5\u672c", "other")).isEqualTo(Outcome.WRONG);
    assertThat(users("", "users", "disable", "nobody"))
        .isEqualTo(new Finished(1, "", "sekisho: there is no user 'nobody'\n"));
    assertThat(users("", "users", "passwd", "\u65e5\u672c").err())
        .isEqualTo("sekisho: the first line of the standard input must be the password\n");
    assertThat(users("x\n", "users", "add", "").err())
        .isEqualTo("sekisho: a name has from 1 to 255 characters\n");
    assertThat(home.run("users", "reload").out()).isEqualTo("all instances read 3 users\n");
    assertThat(home.everythingPrinted()).doesNotContain("w\u00f6rd");
  }

  @Test
  void statusTellsWhatAnOperatorHasToLookAt() {
    ServiceProcess service = home.startReady("serve");
    assertThat(login("nobody", "x")).isEqualTo(Outcome.WRONG);
    Until.isTrue("the instance is heard of", () -> home.run("status").out().contains("serving"));
    Finished well = home.run("status");
    assertThat(well.status()).as(well.out() + well.err()).isZero();
    assertThat(well.out()).contains("queue     1 attempts", "newest attempt 1", "all is well");
    JsonNode status = json(home.run("status", "--json"));
    assertThat(status.get("problems")).isEmpty();
    assertThat(status.get("instances").get(0).get("serving").booleanValue()).isTrue();
    assertThat(status.get("queue").get("length").intValue()).isEqualTo(1);
    assertThat(status.get("history").get("users").intValue()).isEqualTo(2);

    try (SqlProbe sql = stores.sql();
        RedisProbe redis = new RedisProbe(stores.redisUrl())) {
      sql.query(
          "INSERT INTO quarantine (digest, found_at, attempt, reason, queue_row) VALUES (REPEAT('0', 64), NOW(3), 7, 'x', 'y')");
      redis.send("HSET", stores.prefix() + "instances", "gone", "1000 none");
      redis.send("LPUSH", stores.prefix() + "queue", "1\t1000\t0\t\t192.0.2.1\told");
    }
    Finished trouble = home.run("status");
    assertThat(trouble.status()).isEqualTo(1);
    assertThat(trouble.out())
        .contains("1 queue rows are in quarantine, of which 1 are answered attempts")
        .contains("PROBLEM   instance gone has been silent for")
        .contains("PROBLEM   the oldest attempt has waited for MySQL for");
    assertThat(service.isAlive()).isTrue();
  }

  @Test
  void aStoreThatIsAwayIsAProblemOfTheStatus() {
    home.with("SEKISHO_REDIS_URL", "redis://127.0.0.1:1");
    Finished status = home.run("status");
    assertThat(status.status()).isEqualTo(1);
    assertThat(status.err()).isEmpty();
    assertThat(status.out()).contains("PROBLEM   Redis: ", "users     2");
  }

  @Test
  void configTellsOriginsAndNoSecrets() {
    home.with("SEKISHO_REDIS_URL", "redis://u:s3cret@t/@127.0.0.1:1/0?password=s3cret2&x=1")
        .with("SEKISHO_SESSION_KEY", "ab".repeat(32));
    Finished config = home.run("config");
    assertThat(config.status()).as(config.err()).isZero();
    assertThat(config.out())
        .containsPattern("sekisho[.]session[.]key=[*]+ +# SEKISHO_SESSION_KEY\n")
        .containsPattern("sekisho[.]flush[.]threshold=100000 +# default\n")
        .doesNotContain("s3cret", "abab");
    JsonNode json = json(home.run("config", "--json"));
    assertThat(json)
        .anySatisfy(
            each -> {
              assertThat(each.get("name").asText()).isEqualTo("sekisho.http.port");
              assertThat(each.get("value").asText()).isEqualTo("" + home.port());
              assertThat(each.get("origin").asText()).isEqualTo("SEKISHO_HTTP_PORT");
            });
  }

  @Test
  void wrongCommandsSayWhereHelpIs() {
    for (List<String> command :
        List.of(List.of("stauts"), List.of("status", "--jsno"), List.of("users", "ad"))) {
      Finished wrong = home.run(command.toArray(String[]::new));
      assertThat(wrong.status()).isEqualTo(2);
      assertThat(wrong.err().lines().count()).as(wrong.err()).isLessThanOrEqualTo(2);
      assertThat(wrong.err()).contains("--help");
    }
    assertThat(home.run("help", "status").out()).contains("Usage: sekisho status");
    assertThat(home.run("users").out()).contains("passwd", "disable");
  }
}
