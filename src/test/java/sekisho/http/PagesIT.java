package sekisho.http;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.login.Outcome.SUCCESS;
import static sekisho.login.Outcome.WRONG;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.testing.Browser;
import sekisho.testing.HttpProbe;
import sekisho.testing.HttpReply;
import sekisho.testing.ServiceUnderTest;
import sekisho.testing.TestUser;

/** The pages and what a user meets on the way between them (SPEC.md, sections 2 and 4). */
class PagesIT {

  private static final String NOTICE = "notice-message";

  @RegisterExtension static final ServiceUnderTest SERVICE = ServiceUnderTest.with();

  @Test
  void theHomePageIsALoginForm() {
    try (Browser browser = SERVICE.browser()) {
      HttpReply home = browser.get("/");

      assertThat(home.status()).isEqualTo(200);
      assertThat(home.header("content-type")).isEqualTo("text/html; charset=utf-8");
      Document page = home.page();
      Element form = page.select("form").first();
      assertThat(form.attr("action")).isEqualTo("/login");
      assertThat(form.attr("method")).isEqualTo("POST");
      assertThat(form.select("input[name=login], input[name=password], [type=submit]")).hasSize(3);
      assertThat(page.getElementById(NOTICE)).isNull();
      assertThat(page.select("[src], link")).as("one page is one request").isEmpty();
    }
  }

  /** Every answer with content has them all; the hash of the style is PagesTest's. */
  @Test
  void aPageMayNeitherRunAScriptNorBeFramedNorLoadAnything() {
    try (Browser browser = SERVICE.browser()) {
      browser.login(SERVICE.newUser());
      HttpReply member = browser.get("/mypage");
      browser.post("/login", "login=nobody&password=x");
      List<HttpReply> pages =
          List.of(
              browser.head("/"),
              browser.get("/"),
              browser.get("/"),
              member,
              browser.head("/mypage"),
              browser.get("/nowhere"),
              browser.get("/login"),
              browser.post("/login", "%"));
      assertThat(pages)
          .extracting(HttpReply::status)
          .containsExactly(200, 200, 200, 200, 200, 404, 405, 400);
      for (HttpReply page : pages) {
        assertThat(page.header("content-security-policy"))
            .matches(
                "default-src 'none'; frame-ancestors 'none'; "
                    + "base-uri 'none'; form-action 'self'; style-src 'sha256-[A-Za-z0-9+/]{43}='; script-src 'sha256-[A-Za-z0-9+/]{43}='");
        assertProtected(page);
      }
      HttpReply report = SERVICE.report();
      assertThat(report.header("content-security-policy"))
          .isEqualTo(
              "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
      assertProtected(report);
    }
  }

  private static void assertProtected(HttpReply reply) {
    assertThat(reply.header("x-content-type-options")).isEqualTo("nosniff");
    assertThat(reply.header("x-frame-options")).isEqualTo("DENY");
    assertThat(reply.header("referrer-policy")).isEqualTo("same-origin");
    assertThat(reply.header("cross-origin-opener-policy")).isEqualTo("same-origin");
    assertThat(reply.header("cross-origin-resource-policy")).isEqualTo("same-origin");
    assertThat(reply.header("cache-control")).isEqualTo("no-store");
    assertThat(reply.header("content-length")).isNotNull();
    assertThat(reply.header("strict-transport-security")).as("without HTTPS").isNull();
  }

  @Test
  void aRedirectHasNoMoreHeadersThanItNeeds() {
    TestUser user = SERVICE.newUser();
    try (Browser browser = SERVICE.browser()) {
      HttpReply failure = browser.post("/login", "login=nobody&password=x");
      HttpReply success = browser.post("/login", user.form());
      HttpReply logout = browser.post("/logout", "");
      for (HttpReply redirect : List.of(failure, success, logout, browser.get("/mypage"))) {
        assertThat(
                redirect.headerLines().stream()
                    .map(line -> line.replaceFirst(":.*", "").toLowerCase(Locale.ROOT))
                    .distinct())
            .containsExactlyInAnyOrder(
                "location", "content-length", "cache-control", "set-cookie", "date");
        assertThat(redirect.header("cache-control")).isEqualTo("no-store");
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/login  | Sec-Fetch-Site: cross-site",
        "/login  | Sec-Fetch-Site: same-site",
        "/login  | Origin: https://evil.test",
        "/login  | Origin: null",
        "/logout | Sec-Fetch-Site: cross-site",
        "/logout | Origin: https://evil.test"
      })
  void aFormOfAnotherSiteIsRefusedAndDoesNothing(String path, String header) {
    TestUser user = SERVICE.newUser();
    String address = SERVICE.newAddress();
    HttpReply reply = HttpProbe.once(SERVICE.port(), post(path, address, user, header));
    assertThat(reply.status()).isEqualTo(403);
    assertThat(reply.text()).contains("The form was sent by another site.");
    assertThat(reply.headers("set-cookie")).isEmpty();
    SERVICE.report();
    assertThat(SERVICE.sql().query("SELECT id FROM login_log WHERE ip = '" + address + "'"))
        .as("no attempt")
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Sec-Fetch-Site: same-origin\r\nOrigin: null",
        "Sec-Fetch-Site: none",
        "Origin: http://sekisho.test",
        "Origin: https://sekisho.test",
        "Origin: https://bank.test\r\nX-Forwarded-Host: bank.test"
      })
  void theServicesOwnFormIsTaken(String headers) {
    TestUser user = SERVICE.newUser();
    HttpReply reply =
        HttpProbe.once(SERVICE.port(), post("/login", SERVICE.newAddress(), user, headers));
    assertThat(reply.header("location")).isEqualTo("/mypage");
  }

  private static String post(String path, String address, TestUser user, String headers) {
    return "POST "
        + path
        + " HTTP/1.1\r\nHost: sekisho.test\r\nX-Forwarded-For: "
        + address
        + "\r\n"
        + headers
        + "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "
        + user.form().length()
        + "\r\n\r\n"
        + user.form();
  }

  @Test
  void loginLeadsToTheMemberPageWithTheUsersName() {
    TestUser user = SERVICE.newUser();
    try (Browser browser = SERVICE.browser()) {
      browser.sendLogin(user.login(), user.password());
      assertThat(browser.outcome()).isEqualTo(SUCCESS);
      HttpReply page = browser.get("/mypage");

      assertThat(page.status()).isEqualTo(200);
      assertThat(page.header("content-type")).isEqualTo("text/html; charset=utf-8");
      assertThat(page.page().select("h1").text()).isEqualTo("Welcome, " + user.login());
    }
  }

  @Test
  void theFirstLoginShowsItself() {
    TestUser user = SERVICE.newUser();
    String address = SERVICE.newAddress();
    try (Browser browser = SERVICE.browserAt(address)) {
      browser.login(user);
      HttpReply page = browser.get("/mypage");

      SERVICE.report();
      assertThat(
              SERVICE
                  .sql()
                  .query(
                      "SELECT DATE_FORMAT(created_at, '%Y-%m-%d %H:%i:%s') FROM login_log WHERE ip = '"
                          + address
                          + "'"))
          .containsExactly(page.element("last-logined-at"));
      assertThat(page.element("last-logined-ip")).isEqualTo(address);
    }
  }

  @Test
  void theSecondLoginShowsTheFirstAndTheThirdTheSecond() {
    TestUser user = SERVICE.newUser();
    List<String> addresses = IntStream.range(0, 3).mapToObj(i -> SERVICE.newAddress()).toList();
    try (Browser browser = SERVICE.browser()) {
      browser.from(addresses.get(0)).login(user);
      browser.from(addresses.get(1)).login(user);
      assertThat(browser.get("/mypage").element("last-logined-ip")).isEqualTo(addresses.get(0));
      assertThat(browser.get("/mypage").element("last-logined-ip"))
          .as("a reload")
          .isEqualTo(addresses.get(0));

      browser.from(addresses.get(2)).login(user);
      assertThat(browser.get("/mypage").element("last-logined-ip")).isEqualTo(addresses.get(1));
    }
  }

  @Test
  void failuresDoNotChangeTheLastLogin() {
    TestUser user = SERVICE.newUser();
    String address = SERVICE.newAddress();
    try (Browser browser = SERVICE.browserAt(address);
        Browser stranger = SERVICE.browser()) {
      browser.login(user);
      stranger.fail(user);
      assertThat(browser.get("/mypage").element("last-logined-ip")).isEqualTo(address);
    }
  }

  @Test
  void timeAndAddressAreThoseOfOneLogin() {
    TestUser user = SERVICE.newUser();
    try (Browser browser = SERVICE.browser()) {
      browser.login(user);
      SERVICE
          .redis()
          .send(
              "HSET",
              "{PagesIT}:logins",
              Long.toString(user.id()),
              "1700000000999 192.0.2.2 1393027200999 2001:db8::1");
      HttpReply page = browser.get("/mypage");
      assertThat(page.element("last-logined-at")).isEqualTo("2014-02-22 00:00:00");
      assertThat(page.element("last-logined-ip")).isEqualTo("2001:db8::1");

      // Leaves the counters as the log has them.
      browser.login(user);
      browser.login(user);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"WRONG", "LOCKED", "BANNED", "LOGIN_REQUIRED"})
  void aNoticeIsShownOnceAndAlone(String which) {
    TestUser user = SERVICE.newUser();
    try (Browser browser = SERVICE.browser()) {
      String text =
          switch (which) {
            case "WRONG" -> {
              browser.post("/login", "login=nobody&password=x");
              yield "Wrong username or password";
            }
            case "LOCKED" -> {
              for (int i = 0; i < 4; i++) {
                browser.post("/login", "login=" + user.login() + "&password=x");
              }
              yield "This account is locked.";
            }
            case "BANNED" -> {
              for (int i = 0; i < 11; i++) {
                browser.post("/login", "login=nobody&password=x");
              }
              yield "You're banned.";
            }
            default -> {
              browser.get("/mypage");
              yield "You must be logged in";
            }
          };
      HttpReply first = browser.get("/");
      assertThat(first.element(NOTICE)).isEqualTo(text);
      assertThat(first.page().select("#" + NOTICE + " *")).isEmpty();
      assertThat(browser.get("/").page().getElementById(NOTICE)).isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"<b>Pay here</b>", "Wrong username or password", "WRONG", "", "0"})
  void aNoticeThatTheClientMadeUpIsNotShown(String value) {
    try (Browser browser = SERVICE.browser()) {
      browser.cookies().put("sekisho_notice", value);
      HttpReply home = browser.get("/");
      assertThat(home.status()).isEqualTo(200);
      assertThat(home.page().getElementById(NOTICE)).isNull();
    }
  }

  @Test
  void aStaleNoticeDoesNotHideTheOneThatWaits() {
    try (Browser browser = SERVICE.browser()) {
      browser
          .cookies()
          .put("sekisho_notice", "outdated; sekisho_notice=\"locked\"; sekisho_notice=wrong");
      assertThat(browser.get("/").element(NOTICE)).isEqualTo("This account is locked.");
    }
  }

  @Test
  void theBytesOfTheHomePageDependOnTheNoticeAlone() {
    try (Browser browser = SERVICE.browser();
        Browser member = SERVICE.browser()) {
      member.login(SERVICE.newUser());
      assertThat(member.get("/?a=b").body()).isEqualTo(browser.get("/").body());
    }
  }

  @Test
  void aNoticeThatWasNotLookedAtIsGoneAfterASuccess() {
    TestUser user = SERVICE.newUser();
    try (Browser browser = SERVICE.browser()) {
      browser.post("/login", "login=nobody&password=x");
      assertThat(browser.login(user)).isEqualTo(SUCCESS);
      assertThat(browser.get("/").page().getElementById(NOTICE)).isNull();
    }
  }

  @Test
  void headShowsNothingSoItLeavesTheNotice() {
    try (Browser browser = SERVICE.browser()) {
      browser.post("/login", "login=nobody&password=x");
      HttpReply head = browser.head("/");
      HttpReply get = browser.get("/");

      assertThat(get.element(NOTICE)).isEqualTo("Wrong username or password");
      assertThat(head.header("content-length")).isEqualTo(Integer.toString(get.body().length));
    }
  }

  @Test
  void withoutASessionTheMemberPageAsksToLogIn() {
    try (Browser browser = SERVICE.browser()) {
      HttpReply reply = browser.get("/mypage");
      assertThat(reply.status()).isEqualTo(302);
      assertThat(reply.header("location")).isEqualTo("/");
      assertThat(browser.get("/").element(NOTICE)).isEqualTo("You must be logged in");
    }
  }

  @Test
  void logoutEndsTheSession() {
    TestUser user = SERVICE.newUser();
    try (Browser browser = SERVICE.browser()) {
      browser.login(user);
      HttpReply reply = browser.post("/logout", "");
      assertThat(reply.status()).isEqualTo(302);
      assertThat(reply.header("location")).isEqualTo("/");
      assertThat(browser.cookies().toString()).doesNotContain("sekisho_session");
      assertThat(browser.get("/").element(NOTICE)).isEqualTo("You are logged out");
      assertThat(browser.cookies()).isEmpty();
      assertThat(browser.get("/mypage").header("location")).isEqualTo("/");
    }
  }

  @Test
  void logoutWithoutASessionIsNoError() {
    try (Browser browser = SERVICE.browser()) {
      assertThat(browser.post("/logout", "").header("location")).isEqualTo("/");
      assertThat(browser.get("/").element(NOTICE)).isEqualTo("You are logged out");
    }
  }

  @Test
  void aFailedLoginLeavesAPresentSessionAlone() {
    TestUser user = SERVICE.newUser();
    try (Browser browser = SERVICE.browser()) {
      browser.login(user);
      assertThat(browser.login("nobody", "x")).isEqualTo(WRONG);
      assertThat(browser.get("/mypage").status()).isEqualTo(200);
    }
  }

  @Test
  void aSecondUserTakesOverTheBrowser() {
    TestUser first = SERVICE.newUser();
    TestUser second = SERVICE.newUser();
    try (Browser browser = SERVICE.browser()) {
      browser.login(first);
      browser.login(second);
      assertThat(browser.get("/mypage").page().select("h1").text())
          .isEqualTo("Welcome, " + second.login());
    }
  }

  @Test
  void cookiesAreOutOfReachOfScriptsAndOtherSites() {
    TestUser user = SERVICE.newUser();
    try (Browser browser = SERVICE.browser()) {
      HttpReply success = browser.post("/login", user.form());
      HttpReply failure = browser.post("/login", "login=nobody&password=x");
      for (String cookie : List.of(success.header("set-cookie"), failure.header("set-cookie"))) {
        assertThat(Set.of(cookie.split("; ")))
            .contains("HttpOnly", "SameSite=Lax", "Path=/")
            .doesNotContain("Secure");
      }
      assertThat(failure.header("set-cookie")).doesNotContainIgnoringCase("username");
    }
  }

  @Test
  void noAnswerIsKeptInACache() {
    TestUser user = SERVICE.newUser();
    try (Browser browser = SERVICE.browser()) {
      Set<String> values = new HashSet<>();
      browser.sendLogin(user.login(), user.password());
      browser.outcome();
      for (String path : List.of("/", "/mypage")) {
        values.add(browser.get(path).header("cache-control"));
      }
      values.add(browser.post("/login", "").header("cache-control"));
      values.add(SERVICE.report().header("cache-control"));
      assertThat(values).containsExactly("no-store");
    }
  }
}
