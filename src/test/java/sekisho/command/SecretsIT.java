package sekisho.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sekisho.testing.Browser;
import sekisho.testing.HttpProbe;
import sekisho.testing.HttpReply;
import sekisho.testing.RedisProbe;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceProcess;
import sekisho.testing.SmallStores;
import sekisho.testing.SqlProbe;
import sekisho.testing.TestServers;
import sekisho.testing.TestUser;

/** Nothing that is secret is printed or shown, however much a log tells and whatever goes wrong. */
class SecretsIT {

  private static final String EVERYTHING =
      """
      <configuration>
        <appender name="console" class="ch.qos.logback.core.ConsoleAppender">
          <encoder><pattern>%level %logger %msg%n%ex{full}</pattern></encoder>
        </appender>
        <root level="TRACE"><appender-ref ref="console"/></root>
      </configuration>
      """;

  private final ServiceHome home = new ServiceHome();
  private final SmallStores stores = SmallStores.withUsers(TestServers.shared(), 1);
  private final String redisUser = "secrets-" + UUID.randomUUID();
  private final String redisPassword = "redis-" + UUID.randomUUID();
  private final String sessionKey = "c0ffee".repeat(11);

  /** Everything that the service said to its clients. */
  private final List<HttpReply> replies = new ArrayList<>();

  @AfterEach
  void closeHome() {
    home.close();
    try (RedisProbe redis = new RedisProbe(stores.redisUrl())) {
      redis.send("ACL", "DELUSER", redisUser);
    }
  }

  private void post(Browser browser, String path, String form) {
    replies.add(browser.post(path, form));
  }

  @Test
  void noPasswordCookieOrKeyIsInALogThatTellsEverythingNorOnAPage() throws IOException {
    Path logging = Files.writeString(home.directory().resolve("everything.xml"), EVERYTHING);
    try (RedisProbe redis = new RedisProbe(stores.redisUrl())) {
      redis.send("ACL", "SETUSER", redisUser, "on", ">" + redisPassword, "~*", "&*", "+@all");
    }
    home.with(stores)
        .with(
            "SEKISHO_REDIS_URL",
            stores.redisUrl() + "?user=" + redisUser + "&password=" + redisPassword)
        .with("SEKISHO_SESSION_KEY", sessionKey)
        .with("JAVA_TOOL_OPTIONS", "-Dlogback.configurationFile=" + logging);
    ServiceProcess service = home.startReady("serve");
    TestUser user = new TestUser(1, "user1", "password1");
    String session;
    try (Browser browser = new Browser(home.port(), "192.0.2.1")) {
      post(browser, "/login", user.form());
      session = browser.cookies().get("sekisho_session");
      replies.add(browser.get("/mypage"));
      post(browser, "/login", "login=user1&password=guess-in-vain");
      replies.add(browser.get("/"));
      post(browser, "/login", "login=user1&password=guess-in-vain%zz");
      post(browser, "/login?password=guess-in-vain", "login=user1&password=guess-in-vain%00");
      post(browser, "/guess-in-vain", "password=guess-in-vain");
      post(browser, "/logout", "");
    }
    replies.add(
        HttpProbe.once(
            home.port(),
            "POST /login HTTP/1.1\r\nHost: x\r\nOrigin: https://evil.test\r\n"
                + "Cookie: sekisho_session="
                + session
                + "\r\nContent-Length: 0\r\n\r\n"));
    String hash;
    try (SqlProbe sql = stores.sql()) {
      hash = sql.query("SELECT password_hash FROM users").get(0);
      sql.query("INSERT INTO users VALUES (2, 'broken', 'broken-hash', 'salt')");
    }
    replies.add(
        HttpProbe.once(
            home.managementPort(),
            "POST /reload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"));
    replies.add(
        HttpProbe.once(home.managementPort(), "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    service.signal("TERM");
    service.awaitEnd();

    assertThat(session).hasSize(76);
    assertThat(service.out()).as("all levels are on").contains("DEBUG io.netty", "INFO sekisho");
    String mysqlPassword = stores.mysqlUrl().replaceFirst(".*:([0-9a-f]+)@.*", "$1");
    List<String> secrets =
        List.of(
            "password1",
            "guess-in-vain",
            session,
            sessionKey,
            redisPassword,
            mysqlPassword,
            hash,
            "broken-hash");
    assertThat(home.everythingPrinted()).doesNotContain(secrets);
    for (HttpReply reply : replies) {
      String shown = reply.text();
      secrets.forEach(secret -> assertThat(shown).as(reply.statusLine()).doesNotContain(secret));
    }
  }
}
