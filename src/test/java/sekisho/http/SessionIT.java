package sekisho.http;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.http.session.SessionCodec;
import sekisho.http.session.SessionKey;
import sekisho.service.Service;
import sekisho.testing.Browser;
import sekisho.testing.HttpReply;
import sekisho.testing.ServiceUnderTest;
import sekisho.testing.TestUser;

/** Sessions that are not what they should be are as good as none (SPEC.md, section 4). */
class SessionIT {

  private static final String COOKIE = "sekisho_session";
  private static final Duration LIFETIME = Duration.ofSeconds(86_400);

  @RegisterExtension
  static final ServiceUnderTest SERVICE = ServiceUnderTest.with();

  private static void assertLoggedOut(Browser browser) {
    HttpReply reply = browser.get("/mypage");
    assertThat(reply.status()).isEqualTo(302);
    assertThat(reply.header("location")).isEqualTo("/");
    assertThat(browser.get("/").element("notice-message")).isEqualTo("You must be logged in");
  }

  private static String issued(SessionKey key, Instant at, Duration lifetime, long userId) {
    return new SessionCodec(List.of(key), Clock.fixed(at, ZoneOffset.UTC), lifetime).issue(userId);
  }

  private static SessionKey serviceKey() {
    return SERVICE.settings().session().keys().get(0);
  }

  private static String tampered(String cookie, int index) {
    byte[] bytes = Base64.getUrlDecoder().decode(cookie);
    bytes[index] ^= 1;
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  static Stream<String> forgeries() {
    String good = issued(serviceKey(), Instant.now(), LIFETIME, 1);
    return Stream.of("", "1", "isucon1", "user_id=1",
        tampered(good, 0), tampered(good, 8), tampered(good, 24), tampered(good, 30), tampered(good, 56),
        good.substring(0, good.length() - 1), good.substring(0, 34), good + "A", "A".repeat(76), "=".repeat(76),
        "\u00ff".repeat(76),
        Base64.getUrlEncoder().withoutPadding().encodeToString(
            ByteBuffer.allocate(25).put((byte) 1).putLong(1).putLong(0).putLong(Long.MAX_VALUE).array()),
        issued(SessionKey.random(), Instant.now(), LIFETIME, 1),
        issued(serviceKey(), Instant.now().minus(LIFETIME), LIFETIME, 1));
  }

  @ParameterizedTest
  @MethodSource("forgeries")
  void forgedTruncatedAndExpiredSessionsAreNone(String cookie) {
    try (Browser first = SERVICE.browser(); Browser browser = SERVICE.browser()) {
      first.login(SERVICE.hostile(ServiceUnderTest.HOSTILE_NAMES.get(0)));
      browser.cookies().put(COOKIE, cookie);
      assertLoggedOut(browser);
    }
  }

  @Test
  void aSessionSignedWithTheSharedKeyIsGood() {
    TestUser user = SERVICE.newUser();
    try (Browser login = SERVICE.browser(); Browser browser = SERVICE.browser()) {
      login.login(user);
      browser.cookies().put(COOKIE, issued(serviceKey(), Instant.now(), LIFETIME, user.id()));
      assertThat(browser.get("/mypage").page().select("h1").text()).isEqualTo("Welcome, " + user.login());
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
  void aSessionOfAUserWhoIsNotThereIsNone() {
    try (Browser browser = SERVICE.browser()) {
      browser.cookies().put(COOKIE, issued(serviceKey(), Instant.now(), LIFETIME, 987_654_321));
      assertLoggedOut(browser);
    }
  }

  @Test
  void theServiceKeepsNothingOfASession() {
    List<String> before = keys();
    try (Browser browser = SERVICE.browser()) {
      browser.login(SERVICE.newUser());
      browser.get("/mypage");
    }
    assertThat(keys()).containsAll(before)
        .allMatch(key -> key.matches("\\{SessionIT}:(state|queue|logins|failures:.*)"));
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
      ByteBuffer session = ByteBuffer.wrap(Base64.getUrlDecoder().decode(browser.cookies().get(COOKIE)));
      assertThat(Map.of("user", session.getLong(1), "lifetime", session.getLong(17) - session.getLong(9)))
          .isEqualTo(Map.of("user", user.id(), "lifetime", LIFETIME.toMillis()));
    }
  }
}
