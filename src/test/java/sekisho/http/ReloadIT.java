package sekisho.http;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.login.Outcome.LOCKED;
import static sekisho.login.Outcome.SUCCESS;
import static sekisho.login.Outcome.WRONG;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import sekisho.app.Service;
import sekisho.recovery.RecoveryCoordinator;
import sekisho.testing.Browser;
import sekisho.testing.HttpProbe;
import sekisho.testing.HttpReply;
import sekisho.testing.ServiceUnderTest;
import sekisho.testing.TestUser;
import sekisho.testing.Until;

/** Users change in MySQL; {@code POST /reload} at one instance brings them to all. */
class ReloadIT {

  @RegisterExtension static final ServiceUnderTest SERVICE = ServiceUnderTest.with();

  private static Service another;

  @BeforeAll
  static void startAnother() {
    another = SERVICE.another();
  }

  private static HttpReply reload() {
    return SERVICE.reload();
  }

  private static Browser browserAtAnother() {
    return new Browser(another.port(), SERVICE.newAddress());
  }

  @Test
  void anAddedUserCanLogInAtBothInstances() {
    TestUser added = TestUser.of(5001, "newcomer");
    try (Browser browser = SERVICE.browser()) {
      SERVICE.insert(List.of(added));
      assertThat(browser.login(added)).as("not before the reload").isEqualTo(WRONG);
      assertThat(reload().json().get("users").asLong())
          .isEqualTo(Long.parseLong(SERVICE.sql().query("SELECT COUNT(*) FROM users").get(0)));
      assertThat(browser.login(added))
          .as("at once where the reload was asked for")
          .isEqualTo(SUCCESS);
    }
    Until.isTrue(
        "the other instance knows the newcomer",
        () -> {
          try (Browser browser = browserAtAnother()) {
            return browser.login(added) == SUCCESS;
          }
        });
  }

  @Test
  void aChangedPasswordCountsAtBothInstances() {
    TestUser user = SERVICE.newUser();
    TestUser changed = new TestUser(user.id(), user.login(), "another password");
    SERVICE.sql().query("DELETE FROM users WHERE id = " + user.id());
    SERVICE.insert(List.of(changed));
    reload();
    Until.isTrue(
        "the other instance knows the new password",
        () -> {
          try (Browser there = browserAtAnother();
              Browser here = SERVICE.browser()) {
            if (there.login(changed) == SUCCESS) {
              return true;
            }
            // So that asking again and again does not lock the user.
            assertThat(here.login(changed)).isEqualTo(SUCCESS);
            return false;
          }
        });
    for (Browser browser : List.of(SERVICE.browser(), browserAtAnother())) {
      try (browser) {
        assertThat(browser.login(changed)).isEqualTo(SUCCESS);
        assertThat(browser.login(user)).isEqualTo(WRONG);
        assertThat(browser.login(changed)).isEqualTo(SUCCESS);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a changed password         | UPDATE users SET password_hash = SHA2('new:salt', 256), salt = 'salt' WHERE id =",
        "the same with another salt | UPDATE users SET password_hash = SHA2('x:new', 256), salt = 'new' WHERE id =",
        "a disabled user            | UPDATE users SET password_hash = '*' WHERE id =",
        "a removed user             | DELETE FROM users WHERE id ="
      })
  void endsTheSessionsAtBothInstances(String what, String change) {
    TestUser user = SERVICE.newUser();
    TestUser bystander = SERVICE.newUser();
    try (Browser here = SERVICE.browser();
        Browser there = browserAtAnother();
        Browser other = SERVICE.browser()) {
      here.login(user);
      there.login(user);
      other.login(bystander);
      for (Browser browser : List.of(here, there, other)) {
        assertThat(browser.get("/mypage").status()).isEqualTo(200);
      }

      SERVICE.sql().query(change + " " + user.id());
      reload();
      assertThat(here.get("/mypage").header("location")).as(what).isEqualTo("/");
      assertThat(here.get("/").element("notice-message")).isEqualTo("You must be logged in");
      Until.isTrue(
          "the other instance has heard of " + what, () -> there.get("/mypage").status() == 302);
      assertThat(here.login(user)).as("the password before").isEqualTo(WRONG);
      assertThat(other.get("/mypage").status()).as("another user").isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Origin: https://evil.test", "Origin: null", "Sec-Fetch-Site: cross-site"})
  void aPageInAnOperatorsBrowserCannotAskForIt(String header) {
    HttpReply reply =
        HttpProbe.once(
            SERVICE.managementPort(),
            "POST /reload HTTP/1.1\r\nHost: localhost\r\n"
                + header
                + "\r\nContent-Length: 0\r\n\r\n");
    assertThat(reply.status()).isEqualTo(403);
  }

  @Test
  void aReloadThatChangesNothingEndsNoSession() {
    TestUser user = SERVICE.newUser();
    try (Browser browser = SERVICE.browser()) {
      browser.login(user);
      reload();
      assertThat(browser.get("/mypage").status()).isEqualTo(200);
    }
  }

  @Test
  void aReloadUnlocksNobody() {
    TestUser locked = SERVICE.newUser();
    try (Browser browser = SERVICE.browser()) {
      for (int i = 0; i < 3; i++) {
        browser.fail(locked);
      }
      reload();
      assertThat(browser.login(locked)).isEqualTo(LOCKED);
    }
  }

  @Test
  void aRemovedUserIsOffTheReportAndARenamedOneIsOnItByTheNewName() {
    TestUser removed = SERVICE.newUser();
    TestUser renamed = SERVICE.newUser();
    try (Browser browser = SERVICE.browser()) {
      for (int i = 0; i < 3; i++) {
        browser.fail(removed);
        browser.fail(renamed);
      }
    }
    assertThat(SERVICE.reported("locked_users")).contains(removed.login(), renamed.login());
    SERVICE.sql().query("DELETE FROM users WHERE id = " + removed.id());
    SERVICE.sql().query("UPDATE users SET login = 'renamed' WHERE id = " + renamed.id());
    reload();
    assertThat(SERVICE.reported("locked_users"))
        .contains("renamed")
        .doesNotContain(removed.login(), renamed.login());
  }

  @Test
  void usersThatCannotBeReadLeaveThePresentOnesInForceAndAreNotTriedAtEveryLogin() {
    TestUser user = SERVICE.newUser();
    Logger guard = (Logger) LoggerFactory.getLogger(RecoveryCoordinator.class);
    ListAppender<ILoggingEvent> said = new ListAppender<>();
    said.start();
    guard.addAppender(said);
    SERVICE.sql().query("INSERT INTO users VALUES (6001, 'broken', 'no hash', 'salt')");
    try (Browser browser = SERVICE.browser()) {
      HttpReply reply =
          HttpProbe.once(
              SERVICE.managementPort(),
              "POST /reload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
      assertThat(reply.status()).isEqualTo(503);
      assertThat(reply.json().get("error").textValue())
          .contains("password_hash", "6001")
          .doesNotContain("no hash");
      for (int i = 0; i < 100; i++) {
        assertThat(browser.login(user)).isEqualTo(SUCCESS);
      }
      assertThat(said.list).as("the log is not flooded").hasSizeLessThan(10);
    } finally {
      guard.detachAppender(said);
      SERVICE.sql().query("DELETE FROM users WHERE id = 6001");
      reload();
    }
  }
}
