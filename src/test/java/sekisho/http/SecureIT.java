package sekisho.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import sekisho.testing.Browser;
import sekisho.testing.HttpReply;
import sekisho.testing.ServiceUnderTest;
import sekisho.testing.TestUser;

/** What changes with {@code sekisho.session.secure}, for a service behind a proxy that ends TLS. */
class SecureIT {

  @RegisterExtension
  static final ServiceUnderTest SERVICE = ServiceUnderTest.with("SEKISHO_SESSION_SECURE", "true");

  @Test
  void bothCookiesAreBoundToTheHostAndToHttps() {
    TestUser user = SERVICE.newUser();
    try (Browser browser = SERVICE.browser()) {
      HttpReply failure = browser.post("/login", "login=nobody&password=x");
      assertThat(failure.header("set-cookie"))
          .isEqualTo(
              "__Host-sekisho_notice=wrong; Max-Age=300; Path=/; HttpOnly; SameSite=Lax; Secure");
      assertThat(browser.get("/").header("set-cookie"))
          .isEqualTo("__Host-sekisho_notice=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure");
      assertThat(browser.post("/login", user.form()).header("set-cookie"))
          .matches(
              "__Host-sekisho_session=[\\w-]{76}; Max-Age=86400; Path=/; HttpOnly; SameSite=Lax; Secure");
      assertThat(browser.get("/mypage").status()).isEqualTo(200);
      assertThat(browser.post("/logout", "").headers("set-cookie"))
          .containsExactly(
              "__Host-sekisho_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure",
              "__Host-sekisho_notice=logout; Max-Age=300; Path=/; HttpOnly; SameSite=Lax; Secure");
    }
  }

  /** Anybody on the way, or below the same domain, could have planted it. */
  @Test
  void aCookieWithoutThePrefixIsNoSession() {
    TestUser user = SERVICE.newUser();
    try (Browser browser = SERVICE.browser()) {
      browser.login(user);
      String session = browser.cookies().remove("__Host-sekisho_session");
      browser.cookies().put("sekisho_session", session);
      assertThat(browser.get("/mypage").status()).isEqualTo(302);
    }
  }

  @Test
  void pagesTellBrowsersToComeByHttpsOnly() {
    try (Browser browser = SERVICE.browser()) {
      browser.login(SERVICE.newUser());
      for (HttpReply page :
          List.of(
              browser.get("/"),
              browser.get("/mypage"),
              browser.get("/nowhere"),
              SERVICE.report())) {
        assertThat(page.header("strict-transport-security")).isEqualTo("max-age=31536000");
      }
    }
  }
}
