package sekisho.http;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.login.Outcome.BANNED;
import static sekisho.login.Outcome.LOCKED;
import static sekisho.login.Outcome.SUCCESS;
import static sekisho.login.Outcome.WRONG;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import sekisho.testing.Browser;
import sekisho.testing.ServiceUnderTest;
import sekisho.testing.TestUser;

/** The rules of a login attempt (SPEC.md, section 1), as a client sees them. */
class LoginRulesIT {

  @RegisterExtension static final ServiceUnderTest SERVICE = ServiceUnderTest.with();

  static final List<String> HOSTILE_NAMES = ServiceUnderTest.HOSTILE_NAMES;

  /** Fails from the browser's address with names that nobody has. */
  private static void failWithUnknownNames(Browser browser, int times) {
    for (int i = 0; i < times; i++) {
      assertThat(browser.login("nobody" + i, "guess")).isEqualTo(WRONG);
    }
  }

  private static void lock(TestUser user) {
    try (Browser browser = SERVICE.browser()) {
      for (int i = 0; i < 3; i++) {
        assertThat(browser.fail(user)).isEqualTo(WRONG);
      }
    }
  }

  @Test
  void theRightPasswordSucceeds() {
    try (Browser browser = SERVICE.browser()) {
      assertThat(browser.login(SERVICE.newUser())).isEqualTo(SUCCESS);
    }
  }

  @Test
  void aWrongPasswordAnUnknownNameAndNothingAtAllAreWrong() {
    try (Browser browser = SERVICE.browser()) {
      assertThat(browser.fail(SERVICE.newUser())).isEqualTo(WRONG);
      assertThat(browser.login("nobody", "guess")).isEqualTo(WRONG);
      assertThat(browser.login("", "")).isEqualTo(WRONG);
    }
  }

  @Test
  void threeFailuresLockAUserEvenForTheRightPasswordFromElsewhere() {
    TestUser user = SERVICE.newUser();
    lock(user);

    try (Browser elsewhere = SERVICE.browser()) {
      assertThat(elsewhere.login(user)).isEqualTo(LOCKED);
      assertThat(elsewhere.fail(user)).isEqualTo(LOCKED);
    }
    assertThat(SERVICE.reported("locked_users")).contains(user.login());
  }

  @Test
  void tenFailuresBanAnAddressEvenForTheRightPasswordOfAnyUser() {
    try (Browser browser = SERVICE.browser()) {
      failWithUnknownNames(browser, 10);

      assertThat(browser.login(SERVICE.newUser())).isEqualTo(BANNED);
      assertThat(browser.login("nobody", "guess")).isEqualTo(BANNED);
    }
  }

  @Test
  void aBannedAddressIsToldSoEvenOfALockedUser() {
    TestUser locked = SERVICE.newUser();
    lock(locked);

    try (Browser browser = SERVICE.browser()) {
      failWithUnknownNames(browser, 10);
      assertThat(browser.login(locked)).isEqualTo(BANNED);
      assertThat(browser.fail(locked)).isEqualTo(BANNED);
    }
  }

  @Test
  void oneFailureLessNeitherLocksNorBans() {
    TestUser user = SERVICE.newUser();
    String address = SERVICE.newAddress();
    try (Browser browser = SERVICE.browserAt(address)) {
      failWithUnknownNames(browser, 7);
      assertThat(browser.fail(user)).isEqualTo(WRONG);
      assertThat(browser.fail(user)).isEqualTo(WRONG);

      assertThat(SERVICE.reported("locked_users")).doesNotContain(user.login());
      assertThat(SERVICE.reported("banned_ips")).doesNotContain(address);
      assertThat(browser.login(user)).isEqualTo(SUCCESS);
    }
  }

  @Test
  void failuresOfALockedUserCountForTheAddress() {
    TestUser locked = SERVICE.newUser();
    lock(locked);

    try (Browser browser = SERVICE.browser()) {
      for (int i = 0; i < 10; i++) {
        assertThat(browser.login(locked)).isEqualTo(LOCKED);
      }
      assertThat(browser.login(SERVICE.newUser())).isEqualTo(BANNED);
    }
  }

  @Test
  void failuresOfABannedAddressCountForTheUserWhateverThePassword() {
    TestUser victim = SERVICE.newUser();
    try (Browser banned = SERVICE.browser();
        Browser elsewhere = SERVICE.browser()) {
      failWithUnknownNames(banned, 10);
      assertThat(banned.login(victim)).isEqualTo(BANNED);
      assertThat(banned.login(victim)).isEqualTo(BANNED);
      assertThat(SERVICE.reported("locked_users")).doesNotContain(victim.login());
      assertThat(banned.fail(victim)).isEqualTo(BANNED);

      assertThat(elsewhere.login(victim)).isEqualTo(LOCKED);
    }
    assertThat(SERVICE.reported("locked_users")).contains(victim.login());
  }

  @Test
  void aSuccessSetsTheUsersCounterToZero() {
    TestUser user = SERVICE.newUser();
    try (Browser browser = SERVICE.browser()) {
      for (int round = 0; round < 3; round++) {
        assertThat(browser.fail(user)).isEqualTo(WRONG);
        assertThat(browser.fail(user)).isEqualTo(WRONG);
        assertThat(browser.login(user)).isEqualTo(SUCCESS);
      }
    }
  }

  @Test
  void aSuccessSetsTheAddresssCounterToZero() {
    TestUser user = SERVICE.newUser();
    try (Browser browser = SERVICE.browser()) {
      failWithUnknownNames(browser, 9);
      assertThat(browser.login(user)).isEqualTo(SUCCESS);
      failWithUnknownNames(browser, 10);
      assertThat(browser.login(user)).isEqualTo(BANNED);
    }
  }

  @Test
  void aSuccessElsewhereUnlocksNobodyElseAndUnbansNoOtherAddress() {
    TestUser locked = SERVICE.newUser();
    TestUser other = SERVICE.newUser();
    lock(locked);
    try (Browser banned = SERVICE.browser();
        Browser elsewhere = SERVICE.browser()) {
      failWithUnknownNames(banned, 10);
      assertThat(elsewhere.login(other)).isEqualTo(SUCCESS);

      assertThat(elsewhere.login(locked)).isEqualTo(LOCKED);
      assertThat(banned.login(other)).isEqualTo(BANNED);
    }
  }

  @Test
  void anUnknownNameCountsForTheAddressOnlyAndIsNeverListed() {
    String unknown = "never heard of";
    String address = SERVICE.newAddress();
    try (Browser browser = SERVICE.browserAt(address)) {
      for (int i = 0; i < 10; i++) {
        assertThat(browser.login(unknown, "guess")).isEqualTo(WRONG);
      }
      assertThat(browser.login(unknown, "guess")).isEqualTo(BANNED);
    }
    assertThat(SERVICE.reported("locked_users")).doesNotContain(unknown);
    assertThat(SERVICE.reported("banned_ips")).contains(address);
    try (Browser elsewhere = SERVICE.browser()) {
      assertThat(elsewhere.login(unknown, "guess")).isEqualTo(WRONG);
    }
  }

  @Test
  void everyAttemptIsLoggedWhateverItsOutcome() {
    TestUser user = SERVICE.newUser();
    String address = SERVICE.newAddress();
    try (Browser browser = SERVICE.browserAt(address)) {
      assertThat(browser.login(user)).isEqualTo(SUCCESS);
      for (int i = 0; i < 3; i++) {
        assertThat(browser.fail(user)).isEqualTo(WRONG);
      }
      assertThat(browser.login(user)).isEqualTo(LOCKED);
      failWithUnknownNames(browser, 6);
      assertThat(browser.login(user)).isEqualTo(BANNED);
    }
    SERVICE.report();

    assertThat(
            SERVICE
                .sql()
                .query(
                    "SELECT COALESCE(user_id, 'unknown'), login, succeeded FROM login_log WHERE ip = '"
                        + address
                        + "' ORDER BY id"))
        .containsExactly(
            row(user, 1),
            row(user, 0),
            row(user, 0),
            row(user, 0),
            row(user, 0),
            "unknown nobody0 0",
            "unknown nobody1 0",
            "unknown nobody2 0",
            "unknown nobody3 0",
            "unknown nobody4 0",
            "unknown nobody5 0",
            row(user, 0));
  }

  private static String row(TestUser user, int succeeded) {
    return user.id() + " " + user.login() + " " + succeeded;
  }

  @ParameterizedTest
  @FieldSource("HOSTILE_NAMES")
  void aUserIsFoundByExactlyHisName(String name) {
    TestUser user = SERVICE.hostile(name);
    String address = SERVICE.newAddress();
    try (Browser browser = SERVICE.browserAt(address)) {
      assertThat(browser.login(user)).isEqualTo(SUCCESS);
      assertThat(browser.get("/mypage").page().select("h1").first().wholeText())
          .isEqualTo("Welcome, " + name);
      lock(user);
      assertThat(SERVICE.reported("locked_users")).containsOnlyOnce(name);
      assertThat(browser.login(user)).isEqualTo(LOCKED);
      SERVICE.report();
    }
    assertThat(SERVICE.sql().query("SELECT login FROM login_log WHERE ip = '" + address + "'"))
        .containsExactly(name, name);
  }

  @Test
  void otherSpellingsOfANameAreOtherNames() {
    TestUser user = SERVICE.newUser();
    String name = user.login();
    for (String spelling :
        List.of(
            name.toUpperCase(Locale.ROOT),
            name + " ",
            " " + name,
            name + "\t",
            name.replace('u', 'ü'),
            name + "\u200b",
            name.replace('u', 'ｕ'))) {
      try (Browser browser = SERVICE.browser()) {
        assertThat(browser.login(spelling, user.password())).as(spelling).isEqualTo(WRONG);
      }
    }
    try (Browser browser = SERVICE.browser()) {
      assertThat(browser.login(user)).as("nothing counted for the user").isEqualTo(SUCCESS);
    }
  }

  @Test
  void countersAreKeptByCanonicalAddress() {
    TestUser user = SERVICE.newUser();
    try (Browser browser = SERVICE.browserAt("2001:DB8:0:0:0::0007")) {
      for (String spelling :
          List.of(
              "2001:db8::7", "2001:0db8::0:7", "2001:db8:0:0:0:0:0.0.0.7", "[2001:db8::7]:4711")) {
        browser.from(spelling);
        failWithUnknownNames(browser, 2);
      }
      failWithUnknownNames(browser, 2);
      assertThat(browser.from("2001:db8::7").login(user)).isEqualTo(BANNED);
    }
    assertThat(SERVICE.reported("banned_ips")).contains("2001:db8::/64");
  }
}
