package sekisho.http;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.login.Outcome.BANNED;
import static sekisho.login.Outcome.LOCKED;
import static sekisho.login.Outcome.SUCCESS;
import static sekisho.login.Outcome.WRONG;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import sekisho.testing.Browser;
import sekisho.testing.HttpReply;
import sekisho.testing.ServiceUnderTest;
import sekisho.testing.TestUser;

/** What an operator may set differently, set differently. */
class ConfiguredRulesIT {

  @RegisterExtension
  static final ServiceUnderTest SERVICE =
      ServiceUnderTest.with(
          "SEKISHO_USER_LOCK_THRESHOLD",
          "2",
          "SEKISHO_IP_BAN_THRESHOLD",
          "4",
          "SEKISHO_SESSION_SECURE",
          "true",
          "SEKISHO_SESSION_LIFETIME_S",
          "600",
          "SEKISHO_TIME_ZONE",
          "Asia/Tokyo");

  @Test
  void theThresholdsAreThoseConfiguredForOutcomesAndReport() {
    TestUser user = SERVICE.newUser();
    String address = SERVICE.newAddress();
    try (Browser browser = SERVICE.browserAt(address)) {
      assertThat(browser.fail(user)).isEqualTo(WRONG);
      assertThat(SERVICE.reported("locked_users")).doesNotContain(user.login());
      assertThat(browser.fail(user)).isEqualTo(WRONG);
      assertThat(SERVICE.reported("locked_users")).contains(user.login());
      assertThat(browser.login(user)).isEqualTo(LOCKED);
      assertThat(SERVICE.reported("banned_ips")).doesNotContain(address);
      assertThat(browser.login("nobody", "x")).isEqualTo(WRONG);
      assertThat(SERVICE.reported("banned_ips")).contains(address);
      assertThat(browser.login("nobody", "x")).isEqualTo(BANNED);
    }
  }

  @Test
  void secureCookiesAreForThisHostAndHttpsOnly() {
    TestUser user = SERVICE.newUser();
    try (Browser browser = SERVICE.browser()) {
      HttpReply failure = browser.post("/login", "login=nobody&password=x");
      assertThat(failure.header("set-cookie")).startsWith("__Host-sekisho_notice=");
      assertThat(Set.of(failure.header("set-cookie").split("; ")))
          .contains("Secure", "HttpOnly", "Path=/", "SameSite=Lax");
      assertThat(browser.get("/").element("notice-message"))
          .isEqualTo("Wrong username or password");

      HttpReply success = browser.post("/login", user.form());
      assertThat(success.header("set-cookie")).startsWith("__Host-sekisho_session=");
      assertThat(Set.of(success.header("set-cookie").split("; ")))
          .contains("Secure", "HttpOnly", "Path=/", "Max-Age=600");
      assertThat(browser.get("/mypage").status()).isEqualTo(200);

      browser.cookies().put("sekisho_session", browser.cookies().remove("__Host-sekisho_session"));
      assertThat(browser.get("/mypage").status())
          .as("the name says that it came by HTTPS")
          .isEqualTo(302);
    }
  }

  @Test
  void timesAreShownInTheConfiguredZone() {
    TestUser user = SERVICE.newUser();
    try (Browser browser = SERVICE.browser()) {
      assertThat(browser.login(user)).isEqualTo(SUCCESS);
      SERVICE
          .redis()
          .send(
              "HSET",
              "{ConfiguredRulesIT}:logins",
              Long.toString(user.id()),
              "1393027200000 192.0.2.2");
      assertThat(browser.get("/mypage").element("last-logined-at"))
          .isEqualTo("2014-02-22 09:00:00");

      // Leaves the counters as the log has them.
      browser.login(user);
      browser.login(user);
    }
  }
}
