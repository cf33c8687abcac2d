package sekisho.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static sekisho.login.Outcome.SUCCESS;

import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.app.Service;
import sekisho.http.session.SessionCodec;
import sekisho.http.session.SessionKey;
import sekisho.testing.Browser;
import sekisho.testing.HttpProbe;
import sekisho.testing.HttpReply;
import sekisho.testing.ServiceUnderTest;
import sekisho.testing.TestUser;
import sekisho.user.UserDirectory;
import sekisho.user.UserDirectoryBuilder;

/** Sessions that are not what they should be are as good as none (SPEC.md, section 4). */
class SessionIT {

  private static final String COOKIE = "sekisho_session";
  private static final Duration LIFETIME = Duration.ofSeconds(86_400);

  @RegisterExtension static final ServiceUnderTest SERVICE = ServiceUnderTest.with();

  private static void assertLoggedOut(Browser browser) {
    HttpReply reply = browser.get("/mypage");
    assertThat(reply.status()).isEqualTo(302);
    assertThat(reply.header("location")).isEqualTo("/");
    assertThat(browser.get("/").element("notice-message")).isEqualTo("You must be logged in");
  }

  private static String issued(SessionKey key, Instant at, Duration lifetime, long userId) {
    TestUser user = SERVICE.hostile(ServiceUnderTest.HOSTILE_NAMES.get(0));
    return issued(key, at, lifetime, userId, user.passwordHash());
  }

  private static String issued(
      SessionKey key, Instant at, Duration lifetime, long userId, String passwordHash) {
    UserDirectory users =
        new UserDirectoryBuilder().add(userId, "name", passwordHash, "salt").build();
    return new SessionCodec(List.of(key), Clock.fixed(at, ZoneOffset.UTC), lifetime)
        .issue(userId, users);
  }

  private static SessionKey serviceKey() {
    return SERVICE.settings().session().keys().get(0);
  }

  private static String tampered(String cookie, int index) {
    byte[] bytes = Base64.getUrlDecoder().decode(cookie);
    bytes[index] ^= 1;
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static String base64(ByteBuffer bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
  }

  static Stream<Arguments> forgeries() {
    SessionKey key = serviceKey();
    Instant now = Instant.now();
    String good = issued(key, now, LIFETIME, 1);
    return Stream.of(
        arguments("nothing", ""),
        arguments("an id", "1"),
        arguments("a name", "isucon1"),
        arguments("what the contest had", "user_id=1"),
        arguments("another version", tampered(good, 0)),
        arguments("another user", tampered(good, 8)),
        arguments("another time of issue", tampered(good, 16)),
        arguments("a later expiry", tampered(good, 17)),
        arguments("another signature", tampered(good, 25)),
        arguments("a signature that ends otherwise", tampered(good, 56)),
        arguments("one character less", good.substring(0, good.length() - 1)),
        arguments("without a signature", good.substring(0, 34)),
        arguments("one character more", good + "A"),
        arguments("in a single quote", '"' + good),
        arguments("in two quotes", "\"\"" + good + "\"\""),
        arguments("letters", "A".repeat(76)),
        arguments("padding", "=".repeat(76)),
        arguments("no ASCII", "\u00ff".repeat(76)),
        arguments("very long", "A".repeat(4000)),
        arguments(
            "fields alone",
            base64(
                ByteBuffer.allocate(25)
                    .put((byte) 2)
                    .putLong(1)
                    .putLong(0)
                    .putLong(Long.MAX_VALUE))),
        arguments(
            "fields and an empty signature",
            base64(
                ByteBuffer.allocate(57)
                    .put((byte) 2)
                    .putLong(1)
                    .putLong(now.toEpochMilli())
                    .putLong(now.plus(LIFETIME).toEpochMilli()))),
        arguments("another key", issued(SessionKey.random(), now, LIFETIME, 1)),
        arguments("replayed after its expiry", issued(key, now.minus(LIFETIME), LIFETIME, 1)),
        arguments(
            "older than sessions get",
            issued(key, now.minus(LIFETIME), LIFETIME.multipliedBy(9), 1)),
        arguments("from the future", issued(key, now.plusSeconds(120), LIFETIME, 1)),
        arguments("of another password", issued(key, now, LIFETIME, 1, "00".repeat(32))),
        arguments("of nobody", issued(key, now, LIFETIME, 987_654_321)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("forgeries")
  void whatIsNoSessionIsNone(String what, String cookie) {
    try (Browser first = SERVICE.browser();
        Browser browser = SERVICE.browser()) {
      first.login(SERVICE.hostile(ServiceUnderTest.HOSTILE_NAMES.get(0)));
      browser.cookies().put(COOKIE, cookie);
      assertLoggedOut(browser);
    }
  }

  static Stream<Arguments> surroundings() {
    SessionKey key = serviceKey();
    String stale = issued(key, Instant.now().minus(LIFETIME), LIFETIME, 1);
    String pair = COOKIE + "=%s";
    return Stream.of(
        arguments("in quotes", COOKIE + "=\"%s\""),
        arguments("with attributes", "$Version=1; " + COOKIE + "=\"%s\"; $Path=\"/\""),
        arguments("behind a stale one", COOKIE + "=" + stale + "; " + pair),
        arguments("behind an empty one", COOKIE + "=; " + pair),
        arguments("behind junk", COOKIE + "=x;;=; " + pair),
        arguments("before a stale one", pair + "; " + COOKIE + "=" + stale),
        arguments(
            "on a line of its own", COOKIE + "=" + stale + "\r\nCookie: a=b\r\ncookie: " + pair),
        arguments(
            "behind seven others of its length", (COOKIE + "=" + stale + "; ").repeat(7) + pair),
        arguments("behind any number of others", (COOKIE + "=x; ").repeat(300) + pair),
        arguments("behind many of other names", "a=b; ".repeat(1400) + pair),
        arguments("with spaces", " \t; " + COOKIE + "=  %s  ;"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("surroundings")
  void aGoodSessionIsFoundAmongOthers(String what, String cookies) {
    TestUser user = SERVICE.hostile(ServiceUnderTest.HOSTILE_NAMES.get(8));
    assertThat(statusOf(user, cookies)).isEqualTo(200);
  }

  @Test
  void noMoreThanEightSessionsAreTried() {
    TestUser user = SERVICE.hostile(ServiceUnderTest.HOSTILE_NAMES.get(8));
    String stale = issued(serviceKey(), Instant.now().minus(LIFETIME), LIFETIME, 1);
    assertThat(statusOf(user, (COOKIE + "=" + stale + "; ").repeat(8) + COOKIE + "=%s"))
        .isEqualTo(302);
  }

  private static int statusOf(TestUser user, String cookies) {
    try (Browser login = SERVICE.browser()) {
      login.login(user);
      String session = login.cookies().get(COOKIE);
      return HttpProbe.once(
              SERVICE.port(),
              "GET /mypage HTTP/1.1\r\nHost: sekisho.test\r\nCookie: "
                  + cookies.formatted(session)
                  + "\r\n\r\n")
          .status();
    }
  }

  @Test
  void aSessionSignedWithTheSharedKeyIsGood() {
    TestUser user = SERVICE.newUser();
    try (Browser login = SERVICE.browser();
        Browser browser = SERVICE.browser()) {
      login.login(user);
      browser
          .cookies()
          .put(
              COOKIE,
              issued(serviceKey(), Instant.now(), LIFETIME, user.id(), user.passwordHash()));
      assertThat(browser.get("/mypage").page().select("h1").text())
          .isEqualTo("Welcome, " + user.login());
    }
  }

  @Test
  void aSessionOfAnotherInstanceIsGoodAfterARestartToo() {
    TestUser user = SERVICE.newUser();
    String session;
    try (Browser browser = SERVICE.browser()) {
      browser.login(user);
      session = browser.cookies().get(COOKIE);
    }
    Service another = SERVICE.another();
    SERVICE.stop();
    SERVICE.start();
    for (int port : List.of(another.port(), SERVICE.port())) {
      try (Browser browser = new Browser(port, SERVICE.newAddress())) {
        browser.cookies().put(COOKIE, session);
        assertThat(browser.get("/mypage").status()).isEqualTo(200);
      }
    }
  }

  @Test
  void aKeyIsExchangedWithoutLoggingAnyoneOut() {
    String newKey = "a7".repeat(32);
    Service rotated =
        SERVICE.another("SEKISHO_SESSION_KEY", newKey + "," + ServiceUnderTest.SESSION_KEY);
    Service afterwards = SERVICE.another("SEKISHO_SESSION_KEY", newKey);
    TestUser user = SERVICE.newUser();
    String before = sessionOf(user, SERVICE.port());
    String since = sessionOf(user, rotated.port());

    assertThat(statusOf(before, rotated.port())).as("old session, both keys").isEqualTo(200);
    assertThat(statusOf(since, rotated.port())).as("new session, both keys").isEqualTo(200);
    assertThat(statusOf(since, afterwards.port())).as("new session, new key").isEqualTo(200);
    assertThat(statusOf(before, afterwards.port()))
        .as("old session, old key removed")
        .isEqualTo(302);
    assertThat(statusOf(since, SERVICE.port()))
        .as("new session, new key not there yet")
        .isEqualTo(302);
  }

  private static String sessionOf(TestUser user, int port) {
    try (Browser browser = new Browser(port, SERVICE.newAddress())) {
      assertThat(browser.login(user)).isEqualTo(SUCCESS);
      return browser.cookies().get(COOKIE);
    }
  }

  private static int statusOf(String session, int port) {
    try (Browser browser = new Browser(port, SERVICE.newAddress())) {
      browser.cookies().put(COOKIE, session);
      return browser.get("/mypage").status();
    }
  }

  /** Session fixation: what a browser brings along is never taken over. */
  @Test
  void aLoginBeginsASessionOfItsOwn() {
    TestUser attacker = SERVICE.newUser();
    TestUser user = SERVICE.newUser();
    String planted = sessionOf(attacker, SERVICE.port());
    try (Browser browser = SERVICE.browser()) {
      browser.cookies().put(COOKIE, planted);
      browser.login(user);
      assertThat(browser.cookies().get(COOKIE)).isNotEqualTo(planted);
      assertThat(browser.get("/mypage").page().select("h1").text())
          .isEqualTo("Welcome, " + user.login());
    }
    assertThat(statusOf(planted, SERVICE.port()))
        .as("the attacker's own session is still his")
        .isEqualTo(200);
    try (Browser browser = SERVICE.browser()) {
      browser.cookies().put(COOKIE, planted);
      assertThat(browser.get("/mypage").page().select("h1").text())
          .isEqualTo("Welcome, " + attacker.login());
    }
  }

  @Test
  void logoutTakesTheCookieFromTheBrowser() {
    try (Browser browser = SERVICE.browser()) {
      browser.login(SERVICE.newUser());
      assertThat(browser.post("/logout", "").headers("set-cookie"))
          .contains(COOKIE + "=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax");
      assertThat(browser.cookies()).doesNotContainKey(COOKIE);
    }
  }

  @Test
  void theServiceKeepsNothingOfASession() {
    List<String> before = keys();
    try (Browser browser = SERVICE.browser()) {
      browser.login(SERVICE.newUser());
      browser.get("/mypage");
    }
    assertThat(keys())
        .containsAll(before)
        .allMatch(key -> key.matches("\\{SessionIT}:(state|queue|logins|instances|failures:.*)"));
  }

  private static List<String> keys() {
    return SERVICE.redis().send("KEYS", "{SessionIT}:*").stream().map(Object::toString).toList();
  }

  @Test
  void theCookieLastsAsLongAsTheSession() {
    TestUser user = SERVICE.newUser();
    try (Browser browser = SERVICE.browser()) {
      HttpReply reply = browser.post("/login", user.form());
      assertThat(reply.header("set-cookie")).contains("; Max-Age=86400;");
      ByteBuffer session =
          ByteBuffer.wrap(Base64.getUrlDecoder().decode(browser.cookies().get(COOKIE)));
      assertThat(
              Map.of(
                  "user", session.getLong(1), "lifetime", session.getLong(17) - session.getLong(9)))
          .isEqualTo(Map.of("user", user.id(), "lifetime", LIFETIME.toMillis()));
    }
  }
}
