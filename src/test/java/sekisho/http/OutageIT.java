package sekisho.http;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.login.Outcome.LOCKED;
import static sekisho.login.Outcome.SUCCESS;
import static sekisho.login.Outcome.WRONG;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import sekisho.testing.Browser;
import sekisho.testing.HttpProbe;
import sekisho.testing.HttpReply;
import sekisho.testing.ServiceUnderTest;
import sekisho.testing.TestUser;
import sekisho.testing.Until;

/** What clients meet while Redis or MySQL is away (SPEC.md, section 6). */
class OutageIT {

  @RegisterExtension
  static final ServiceUnderTest SERVICE =
      ServiceUnderTest.withOwnServers("SEKISHO_MYSQL_TIMEOUT_MS", "3000");

  private static HttpReply login(Browser browser, String name, String password) {
    return browser.post(
        "/login", "login=" + Browser.encoded(name) + "&password=" + Browser.encoded(password));
  }

  private static HttpReply ready() {
    return HttpProbe.once(
        SERVICE.managementPort(), "GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }

  @Test
  void withoutRedisAttemptsAreAnswered503AndTheServiceRecoversByItself() {
    TestUser user = SERVICE.newUser();
    TestUser locked = SERVICE.newUser();
    try (Browser browser = SERVICE.browser()) {
      assertThat(browser.login(user)).isEqualTo(SUCCESS);
      for (int i = 0; i < 3; i++) {
        assertThat(browser.fail(locked)).isEqualTo(WRONG);
      }
      Instant stopped = Instant.now().truncatedTo(ChronoUnit.MILLIS);
      SERVICE.servers().redis().stop();
      try {
        Until.isTrue("the service knows that Redis is away", () -> ready().status() == 503);
        Until.isTrue("and why", () -> ready().text().contains("Redis: nothing listens on "));
        assertThat(ready().json().get("reason").textValue()).endsWith("redis.sock");
        assertThat(Instant.parse(ready().json().get("since").textValue()))
            .isBetween(stopped, Instant.now());
        for (TestUser anyone : List.of(user, locked)) {
          HttpReply refused = login(browser, anyone.login(), anyone.password());
          assertThat(refused.status()).isEqualTo(503);
          assertThat(Integer.parseInt(refused.header("retry-after"))).isPositive();
          assertThat(refused.headers("set-cookie")).as("nothing is said of the attempt").isEmpty();
          assertThat(refused.page().select("h1").text()).isEqualTo("Please try again");
        }
        assertThat(browser.get("/mypage").status()).isEqualTo(503);
        HttpReply report = SERVICE.report();
        assertThat(report.status()).isEqualTo(503);
        assertThat(report.header("content-type")).isEqualTo("application/json");
        assertThat(report.header("retry-after")).isEqualTo("1");
        assertThat(report.json().get("error").textValue())
            .isEqualTo("the report cannot be made right now");
        assertThat(browser.get("/").status()).as("the form is there").isEqualTo(200);
        assertThat(browser.post("/logout", "").status()).isEqualTo(302);
      } finally {
        SERVICE.servers().redis().start();
      }
      Until.isTrue("the service recovers by itself", () -> ready().status() == 200);
      assertThat(browser.login(locked)).isEqualTo(LOCKED);
      assertThat(browser.login(user)).isEqualTo(SUCCESS);
    }
    assertThat(SERVICE.reported("locked_users")).contains(locked.login());
    assertThat(
            SERVICE
                .sql()
                .query(
                    "SELECT COUNT(*) FROM login_log WHERE user_id IN ("
                        + user.id()
                        + ", "
                        + locked.id()
                        + ")"))
        .as("what was answered 503 was not recorded: Redis was not there")
        .containsExactly("6");
  }

  @Test
  void withoutMySqlLoginsGoOnAndArriveLater() {
    TestUser user = SERVICE.newUser();
    TestUser locked = SERVICE.newUser();
    List<String> expected = new ArrayList<>();
    try (Browser browser = SERVICE.browser()) {
      SERVICE.servers().mariaDb().stop();
      try {
        for (int round = 0; round < 20; round++) {
          assertThat(browser.login(user)).isEqualTo(SUCCESS);
          expected.add(user.id() + " 1");
          if (round < 3) {
            assertThat(browser.fail(locked)).isEqualTo(WRONG);
            expected.add(locked.id() + " 0");
          }
        }
        assertThat(browser.login(locked)).isEqualTo(LOCKED);
        expected.add(locked.id() + " 0");
        assertThat(browser.get("/mypage").status()).isEqualTo(200);
        HttpReply report = SERVICE.report();
        assertThat(report.status()).isEqualTo(503);
        assertThat(Integer.parseInt(report.header("retry-after"))).isPositive();
        assertThat(report.text()).doesNotContain("banned_ips");
        assertThat(ready().status()).as("attempts are accepted").isEqualTo(200);
      } finally {
        SERVICE.servers().mariaDb().start();
      }
    }
    Until.isTrue("the report is there again", () -> SERVICE.report().status() == 200);
    assertThat(SERVICE.reported("locked_users")).contains(locked.login());
    SERVICE.reconnect();
    assertThat(
            SERVICE
                .sql()
                .query(
                    "SELECT user_id, succeeded FROM login_log WHERE user_id IN ("
                        + user.id()
                        + ", "
                        + locked.id()
                        + ") ORDER BY id"))
        .containsExactlyElementsOf(expected);
  }
}
