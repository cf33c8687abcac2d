package sekisho.http;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.login.Outcome.BANNED;
import static sekisho.login.Outcome.LOCKED;
import static sekisho.login.Outcome.SUCCESS;
import static sekisho.login.Outcome.WRONG;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import sekisho.app.Service;
import sekisho.testing.Browser;
import sekisho.testing.HttpProbe;
import sekisho.testing.HttpReply;
import sekisho.testing.ServiceUnderTest;
import sekisho.testing.TestUser;

/**
 * Mistakes that were made in services like this one before; each test bears the name of one, and
 * shows that it is not made.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EarlierMistakesIT {

  @RegisterExtension
  static final ServiceUnderTest SERVICE = ServiceUnderTest.with("SEKISHO_FLUSH_CHUNK", "3");

  private static Service another;

  @BeforeAll
  static void startAnother() {
    another = SERVICE.another();
  }

  private static List<String> log(String columns, String where) {
    return SERVICE
        .sql()
        .query("SELECT " + columns + " FROM login_log WHERE " + where + " ORDER BY id");
  }

  @Test
  @Order(1)
  void emptyListRenderedAsAnObject() {
    assertThat(SERVICE.report().text()).isEqualTo("{\"banned_ips\":[],\"locked_users\":[]}");
  }

  @Test
  void lastInFirstOutQueue() {
    String address = SERVICE.newAddress();
    try (Browser browser = SERVICE.browserAt(address)) {
      for (int i = 0; i < 30; i++) {
        browser.login("attempt" + i, "x");
      }
    }
    SERVICE.report();
    assertThat(log("login", "ip = '" + address + "'"))
        .containsExactlyElementsOf(IntStream.range(0, 30).mapToObj(i -> "attempt" + i).toList());
  }

  @Test
  void logInsertedAgainAtEveryReport() {
    String address = SERVICE.newAddress();
    try (Browser browser = SERVICE.browserAt(address)) {
      browser.login("nobody", "x");
    }
    for (int i = 0; i < 5; i++) {
      SERVICE.report();
      assertThat(log("login", "ip = '" + address + "'")).hasSize(1);
    }
  }

  @Test
  void drainThatIsNotAtomicWhenTwoInstancesDrainAtOnce() {
    String address = SERVICE.newAddress();
    try (Browser browser = SERVICE.browserAt(address);
        HttpProbe here = new HttpProbe(SERVICE.port());
        HttpProbe there = new HttpProbe(another.port())) {
      for (int round = 0; round < 30; round++) {
        browser.sendLogin("nobody" + round, "x");
        here.send("GET /report HTTP/1.1\r\nHost: x\r\n\r\n");
        there.send("GET /report HTTP/1.1\r\nHost: x\r\n\r\n");
        browser.outcome();
        assertThat(here.receive().status()).isEqualTo(200);
        assertThat(there.receive().status()).isEqualTo(200);
      }
    }
    SERVICE.report();
    assertThat(log("login", "ip = '" + address + "'"))
        .containsExactlyElementsOf(IntStream.range(0, 30).mapToObj(i -> "nobody" + i).toList());
  }

  @Test
  void drainThatIsNotAtomicWhenItFailsHalfWay() {
    TestUser user = SERVICE.newUser();
    String address = SERVICE.newAddress();
    try (Browser browser = SERVICE.browserAt(address)) {
      browser.fail(user);
      SERVICE.sql().query("RENAME TABLE user_failures TO put_aside");
      try {
        assertThat(SERVICE.report().status()).isEqualTo(503);
        assertThat(
                SERVICE.sql().query("SELECT 1 FROM address_failures WHERE ip = '" + address + "'"))
            .as("all of a step or nothing")
            .isEmpty();
        assertThat(log("login", "ip = '" + address + "'"))
            .as("the step before it is whole")
            .hasSize(1);
        assertThat(browser.fail(user)).as("logins go on").isEqualTo(WRONG);
      } finally {
        SERVICE.sql().query("RENAME TABLE put_aside TO user_failures");
      }
      assertThat(browser.fail(user)).isEqualTo(WRONG);
    }
    assertThat(SERVICE.reported("locked_users")).contains(user.login());
    assertThat(log("login", "ip = '" + address + "'")).hasSize(3);
  }

  @Test
  void orderOfRowsDifferentFromTheOrderOfAttempts() {
    String address = SERVICE.newAddress();
    List<Integer> ports = List.of(SERVICE.port(), another.port());
    for (int i = 0; i < 40; i++) {
      try (Browser browser = new Browser(ports.get(i % 2), address)) {
        browser.login("attempt" + i, "x");
      }
      if (i % 7 == 0) {
        SERVICE.report();
      }
    }
    SERVICE.report();
    assertThat(log("login", "ip = '" + address + "'"))
        .containsExactlyElementsOf(IntStream.range(0, 40).mapToObj(i -> "attempt" + i).toList());
    assertThat(log("created_at", "true")).as("times follow the ids").isSorted();
  }

  @Test
  void unknownNameListedAsLocked() {
    for (int i = 0; i < 5; i++) {
      try (Browser browser = SERVICE.browser()) {
        assertThat(browser.login("a stranger", "x")).isEqualTo(WRONG);
      }
    }
    assertThat(SERVICE.reported("locked_users"))
        .doesNotContain("a stranger", "", "null")
        .doesNotContainNull();
  }

  @Test
  void allUnknownNamesSharingOneCounter() {
    for (int i = 0; i < 15; i++) {
      try (Browser browser = SERVICE.browser()) {
        assertThat(browser.login("stranger" + i, "x")).isEqualTo(WRONG);
      }
    }
  }

  @Test
  void addressThatOnceSucceededNeverListedAsBanned() {
    TestUser user = SERVICE.newUser();
    String address = SERVICE.newAddress();
    try (Browser browser = SERVICE.browserAt(address)) {
      assertThat(browser.login(user)).isEqualTo(SUCCESS);
      for (int i = 0; i < 10; i++) {
        browser.login("nobody", "x");
      }
    }
    assertThat(SERVICE.reported("banned_ips")).contains(address);
  }

  @Test
  void userWhoOnceSucceededNeverListedAsLocked() {
    TestUser user = SERVICE.newUser();
    try (Browser browser = SERVICE.browser()) {
      assertThat(browser.login(user)).isEqualTo(SUCCESS);
      for (int i = 0; i < 3; i++) {
        browser.fail(user);
      }
    }
    assertThat(SERVICE.reported("locked_users")).contains(user.login());
  }

  @Test
  void firstLoginShowsBlanks() {
    TestUser user = SERVICE.newUser();
    String address = SERVICE.newAddress();
    try (Browser browser = SERVICE.browserAt(address)) {
      browser.login(user);
      HttpReply page = browser.get("/mypage");
      assertThat(page.element("last-logined-at"))
          .matches("20\\d\\d-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d");
      assertThat(page.element("last-logined-ip")).isEqualTo(address);
    }
  }

  @Test
  void passwordTestedBeforeTheBanAndTheLock() {
    TestUser user = SERVICE.newUser();
    try (Browser banned = SERVICE.browser();
        Browser elsewhere = SERVICE.browser()) {
      for (int i = 0; i < 10; i++) {
        banned.login("nobody", "x");
      }
      assertThat(banned.login(user)).isEqualTo(BANNED);
      assertThat(banned.fail(user)).isEqualTo(BANNED);
      assertThat(banned.fail(user)).isEqualTo(BANNED);
      assertThat(elsewhere.login(user)).isEqualTo(LOCKED);
      assertThat(elsewhere.fail(user)).isEqualTo(LOCKED);
    }
  }

  @Test
  void noticeNeverCleared() {
    try (Browser browser = SERVICE.browser()) {
      browser.post("/login", "login=nobody&password=x");
      assertThat(browser.get("/").element("notice-message"))
          .isEqualTo("Wrong username or password");
      assertThat(browser.get("/").element("notice-message")).isNull();
    }
  }

  @Test
  void wholeForwardedForTakenAsTheAddress() {
    String address = SERVICE.newAddress();
    try (Browser browser = SERVICE.browser()) {
      for (int i = 0; i < 10; i++) {
        browser.from("203.0.113." + i + ", " + address).login("nobody", "x");
      }
      assertThat(browser.from(address).login(SERVICE.newUser())).isEqualTo(BANNED);
    }
    assertThat(SERVICE.reported("banned_ips"))
        .contains(address)
        .noneMatch(listed -> listed.contains(","));
  }

  @Test
  void unsignedCookiesThatOpenOtherPeoplesPages() {
    TestUser victim = SERVICE.newUser();
    TestUser attacker = SERVICE.newUser();
    try (Browser own = SERVICE.browser();
        Browser browser = SERVICE.browser()) {
      own.login(victim);
      browser.login(attacker);
      byte[] session = Base64.getUrlDecoder().decode(browser.cookies().get("sekisho_session"));
      for (int i = 1; i <= 8; i++) {
        session[i] = (byte) (victim.id() >> 8 * (8 - i));
      }
      browser
          .cookies()
          .put("sekisho_session", Base64.getUrlEncoder().withoutPadding().encodeToString(session));
      assertThat(browser.get("/mypage").status()).isEqualTo(302);
      for (String name : List.of("user_id", "session", "sekisho_session")) {
        browser.cookies().put(name, Long.toString(victim.id()));
      }
      assertThat(browser.get("/mypage").status()).isEqualTo(302);
    }
  }

  /**
   * What is kept of the last two logins has to be two successes that follow one another in the log,
   * whenever it is read.
   */
  @Test
  void twoLoginsAtOnceMixingTheFieldsOfTheLastLogin() {
    TestUser user = SERVICE.newUser();
    Set<String> seen = new HashSet<>();
    Set<String> shown = new HashSet<>();
    try (Browser reader = SERVICE.browser()) {
      reader.login(user);
      for (int round = 0; round < 15; round++) {
        List<Browser> browsers =
            IntStream.range(0, 6)
                .mapToObj(
                    i ->
                        new Browser(
                            i % 2 == 0 ? SERVICE.port() : another.port(), SERVICE.newAddress()))
                .toList();
        browsers.forEach(browser -> browser.sendLogin(user.login(), user.password()));
        for (Browser browser : browsers) {
          assertThat(browser.outcome()).isEqualTo(SUCCESS);
          seen.add(
              SERVICE
                  .redis()
                  .send("HGET", "{EarlierMistakesIT}:logins", Long.toString(user.id()))
                  .toString());
          HttpReply page = reader.get("/mypage");
          shown.add(page.element("last-logined-at") + " " + page.element("last-logined-ip"));
          browser.close();
        }
      }
    }
    SERVICE.report();
    List<String> successes =
        log(
            "FLOOR(UNIX_TIMESTAMP(CONVERT_TZ(created_at, '+00:00', @@session.time_zone)) * 1000), ip",
            "succeeded = 1 AND user_id = " + user.id());
    List<String> neighbours = new ArrayList<>();
    for (int i = 1; i < successes.size(); i++) {
      neighbours.add(successes.get(i) + " " + successes.get(i - 1));
    }
    assertThat(neighbours).hasSize(90).containsAll(seen);
    assertThat(
            log(
                "DATE_FORMAT(created_at, '%Y-%m-%d %H:%i:%s'), ip",
                "succeeded = 1 AND user_id = " + user.id()))
        .containsAll(shown);
  }

  @Test
  void restartThatClearsOrMisseedsCounters() {
    TestUser locked = SERVICE.newUser();
    TestUser nearlyLocked = SERVICE.newUser();
    TestUser known = SERVICE.newUser();
    String banned = SERVICE.newAddress();
    String home = SERVICE.newAddress();
    try (Browser browser = SERVICE.browserAt(home)) {
      browser.login(known);
      browser.from(banned);
      for (int i = 0; i < 3; i++) {
        browser.fail(locked);
      }
      browser.fail(nearlyLocked);
      browser.fail(nearlyLocked);
      SERVICE.report();
      for (int i = 0; i < 5; i++) {
        browser.login("nobody", "x");
      }
    }
    SERVICE.stop();
    SERVICE.start();
    try (Browser browser = SERVICE.browserAt(banned);
        Browser elsewhere = SERVICE.browser()) {
      assertThat(browser.login(known)).isEqualTo(BANNED);
      assertThat(elsewhere.login(locked)).isEqualTo(LOCKED);
      assertThat(elsewhere.fail(nearlyLocked)).isEqualTo(WRONG);
      assertThat(elsewhere.login(nearlyLocked)).isEqualTo(LOCKED);
      assertThat(elsewhere.login(known)).isEqualTo(SUCCESS);
      assertThat(elsewhere.get("/mypage").element("last-logined-ip")).isEqualTo(home);
    }
    assertThat(SERVICE.reported("locked_users"))
        .contains(locked.login(), nearlyLocked.login())
        .doesNotContain(known.login());
    assertThat(SERVICE.reported("banned_ips")).contains(banned).doesNotContain(home);
    assertThat(SERVICE.verify()).isEmpty();
  }

  @Test
  void sqlErrorsAnsweredAsAnEmptyReportWith200() {
    for (String table :
        List.of("address_failures", "user_failures", "users", "service_state", "login_log")) {
      try (Browser browser = SERVICE.browser()) {
        browser.login("nobody", "x");
      }
      SERVICE.sql().query("RENAME TABLE " + table + " TO put_aside");
      try {
        HttpReply reply = SERVICE.report();
        assertThat(reply.status()).as(table).isEqualTo(503);
        assertThat(reply.header("retry-after")).isNotNull();
        assertThat(reply.text())
            .contains("the report cannot be made right now")
            .doesNotContain("banned_ips", table);
      } finally {
        SERVICE.sql().query("RENAME TABLE put_aside TO " + table);
      }
      assertThat(SERVICE.report().status()).as("after " + table).isEqualTo(200);
    }
  }
}
