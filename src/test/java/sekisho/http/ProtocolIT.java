package sekisho.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.testing.Browser;
import sekisho.testing.HttpProbe;
import sekisho.testing.HttpReply;
import sekisho.testing.ServiceUnderTest;
import sekisho.testing.TestUser;
import sekisho.testing.Until;

/** Methods, paths and connections (SPEC.md, section 2). */
class ProtocolIT {

  private static final String HOST = "Host: sekisho.test\r\n";

  @RegisterExtension static final ServiceUnderTest SERVICE = ServiceUnderTest.with();

  private static HttpReply once(String request) {
    return HttpProbe.once(SERVICE.port(), request);
  }

  private static String request(String line, String... headers) {
    return line + " HTTP/1.1\r\n" + HOST + String.join("", List.of(headers)) + "\r\n";
  }

  private static String loginRequest(String address, String body) {
    return request(
            "POST /login",
            "X-Forwarded-For: " + address + "\r\n",
            "Content-Type: application/x-www-form-urlencoded\r\n",
            "Content-Length: " + body.length() + "\r\n")
        + body;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/nowhere",
        "/login/",
        "//",
        "/LOGIN",
        "/mypage/x",
        "/%6cogin",
        "/favicon.ico/",
        "/report.json",
        "/../",
        "http://sekisho.test/nowhere",
        "/metrics",
        "/reload",
        "/livez",
        "/readyz"
      })
  void otherPathsAreNotFound(String path) {
    HttpReply reply = once(request("GET " + path));
    assertThat(reply.status()).as(path).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "*",
        "?",
        "x",
        "sekisho.test:80",
        "/\0",
        "/login\0",
        "/\1",
        "/\177",
        "/\u00e9",
        "/%00",
        "/%zz",
        "/#a",
        "http://other.test/",
        "ftp://sekisho.test/"
      })
  void whatIsNoPathIsRefused(String target) {
    for (String method : List.of("GET ", "POST ", "HEAD ")) {
      try (HttpProbe connection = new HttpProbe(SERVICE.port())) {
        connection.send(request(method + target));
        assertThat(connection.receiveHead().status()).as(method + target).isEqualTo(400);
      }
    }
  }

  @Test
  void thereIsNoFaviconAndNeedNotBeAskedForAgain() {
    for (String method : List.of("GET", "HEAD")) {
      HttpReply reply = once(request(method + " /favicon.ico?x"));
      assertThat(reply.status()).isEqualTo(204);
      assertThat(reply.header("cache-control")).isEqualTo("max-age=31536000");
      assertThat(reply.header("content-length")).as("RFC 9110, section 8.6").isNull();
    }
  }

  static Stream<String> requestsOfAllKinds() {
    return Stream.of(
        request("GET /"),
        request("HEAD /"),
        request("GET /", "Cookie: sekisho_notice=wrong\r\n"),
        request("GET /mypage"),
        request("GET /report"),
        request("GET /report", "X-Forwarded-For: 192.0.2.1\r\n"),
        request("GET /favicon.ico"),
        request("HEAD /favicon.ico"),
        request("GET /nowhere"),
        request("PUT /login"),
        request("POST /login"),
        request("POST /logout"),
        request("POST /logout", "Origin: http://evil.test\r\n"),
        request("GET /", "Content-Length: 9999\r\n"),
        request("GET /" + "x".repeat(5000)),
        request("GET /", "X: y\r\n".repeat(200)),
        request("GET /", "Expect: x\r\n"),
        "GET / HTTP/1.0\r\n\r\n",
        "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        "GARBAGE\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        loginRequest(SERVICE.newAddress(), "login=nobody&password=x"),
        loginRequest(SERVICE.newAddress(), SERVICE.newUser().form()),
        loginRequest("unknown", "login=nobody&password=x"),
        loginRequest(SERVICE.newAddress(), "login=%"));
  }

  @ParameterizedTest
  @MethodSource("requestsOfAllKinds")
  void everyAnswerHasTheDate(String request) {
    Instant before = Instant.now();
    HttpReply reply = once(request);
    assertDated(reply, before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /livez",
        "HEAD /livez",
        "GET /readyz",
        "GET /metrics",
        "HEAD /metrics",
        "GET /nowhere",
        "PUT /reload",
        "GET / HTTP/9"
      })
  void everyAnswerOfTheManagementPortHasTheDate(String line) {
    Instant before = Instant.now();
    assertDated(HttpProbe.once(SERVICE.managementPort(), request(line)), before);
  }

  /** The date is that of the last tick, about a second ago at most, without its fraction. */
  private static void assertDated(HttpReply reply, Instant before) {
    assertThat(reply.header("date"))
        .as(reply.toString())
        .matches(
            "(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \\d{2} [A-Z][a-z]{2} \\d{4} "
                + "\\d{2}:\\d{2}:\\d{2} GMT");
    assertThat(DateTimeFormatter.RFC_1123_DATE_TIME.parse(reply.header("date"), Instant::from))
        .isBetween(before.minusSeconds(10), Instant.now());
  }

  @Test
  void theDateGoesOn() {
    String first = once(request("GET /")).header("date");
    Until.isTrue(
        "the date of a page that is prepared changes",
        () -> !once(request("GET /")).header("date").equals(first));
    Until.isTrue(
        "so does that of others",
        () -> !once(request("GET /nowhere")).header("date").equals(first));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/livez", "/readyz", "/metrics"})
  void headWorksOnTheManagementPortToo(String path) {
    HttpReply head =
        HttpProbe.once(
            SERVICE.managementPort(), "HEAD " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assertThat(head.status()).isEqualTo(200);
    assertThat(Integer.parseInt(head.header("content-length"))).isPositive();
  }

  @Test
  void theErrorPageIsAPage() {
    HttpReply reply = once(request("GET /nowhere"));
    assertThat(reply.header("content-type")).isEqualTo("text/html; charset=utf-8");
    assertThat(reply.page().select("h1").text()).isEqualTo("Page not found");
    assertThat(reply.text()).doesNotContain("nowhere");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/?a=b",
        "/?",
        "http://sekisho.test/",
        "http://sekisho.test",
        "http://sekisho.test/?a=/login"
      })
  void queriesAndTheAbsoluteFormDoNotMatter(String target) {
    assertThat(once(request("GET " + target)).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/       | GET, HEAD | POST,PUT,DELETE,PATCH,OPTIONS,TRACE,BREW,get",
        "/mypage | GET, HEAD | POST,PUT,DELETE,PATCH,OPTIONS,TRACE,BREW",
        "/report | GET, HEAD | POST,PUT,DELETE,PATCH,OPTIONS,TRACE,BREW",
        "/login  | POST      | GET,HEAD,PUT,DELETE,PATCH,OPTIONS,TRACE,BREW",
        "/favicon.ico | GET, HEAD | POST,PUT,DELETE,PATCH,OPTIONS,TRACE,BREW",
        "/logout | POST      | GET,HEAD,PUT,DELETE,PATCH,OPTIONS,TRACE,BREW"
      })
  void otherMethodsAreRefusedWithThoseThatAreAllowed(String path, String allowed, String methods) {
    for (String method : methods.split(",")) {
      HttpReply reply = once(request(method + " " + path));
      assertThat(reply.status()).as(method).isEqualTo(405);
      assertThat(reply.header("allow")).isEqualTo(allowed);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/mypage", "/report", "/favicon.ico", "/nowhere", "/login"})
  void headHasTheHeadersOfGetAndNoBody(String path) {
    try (HttpProbe connection = new HttpProbe(SERVICE.port())) {
      connection.send(request("HEAD " + path) + request("GET " + path));
      HttpReply head = connection.receiveHead();
      HttpReply get = connection.receive();
      assertThat(head.statusLine()).isEqualTo(get.statusLine());
      assertThat(withoutDate(head)).containsExactlyInAnyOrderElementsOf(withoutDate(get));
    }
  }

  private static List<String> withoutDate(HttpReply reply) {
    return reply.headerLines().stream().filter(line -> !line.startsWith("date:")).toList();
  }

  @Test
  void headOfTheMemberPageHasTheHeadersOfGet() {
    TestUser user = SERVICE.newUser();
    try (Browser browser = SERVICE.browser()) {
      browser.login(user);
      HttpReply head = browser.head("/mypage");
      HttpReply get = browser.get("/mypage");
      assertThat(head.statusLine()).isEqualTo(get.statusLine());
      assertThat(withoutDate(head)).containsExactlyInAnyOrderElementsOf(withoutDate(get));
    }
  }

  @Test
  void aConnectionIsKeptForManyRequests() {
    try (HttpProbe connection = new HttpProbe(SERVICE.port())) {
      for (int i = 0; i < 100; i++) {
        connection.send(request("GET /"));
        assertThat(connection.receive().status()).isEqualTo(200);
      }
    }
  }

  @Test
  void pipelinedRequestsAreAnsweredInTheirOrder() {
    String address = SERVICE.newAddress();
    try (HttpProbe connection = new HttpProbe(SERVICE.port())) {
      StringBuilder requests = new StringBuilder();
      for (int i = 0; i < 50; i++) {
        requests
            .append(loginRequest(address, "login=nobody" + i + "&password=x"))
            .append(request("GET /nowhere"))
            .append(request("GET /report"))
            .append(request("HEAD /"))
            .append(request("GET /mypage"));
      }
      connection.send(requests.toString());
      for (int i = 0; i < 50; i++) {
        assertThat(connection.receive().header("set-cookie"))
            .startsWith(i < 10 ? "sekisho_notice=wrong;" : "sekisho_notice=banned;");
        assertThat(connection.receive().status()).isEqualTo(404);
        String banned = connection.receive().json().get("banned_ips").toString();
        assertThat(banned.contains('"' + address + '"')).as(i + ": " + banned).isEqualTo(i >= 9);
        assertThat(connection.receiveHead().status()).isEqualTo(200);
        assertThat(connection.receive().header("location")).isEqualTo("/");
      }
    }
    assertThat(
            SERVICE
                .sql()
                .query("SELECT login FROM login_log WHERE ip = '" + address + "' ORDER BY id"))
        .hasSize(50)
        .first()
        .isEqualTo("nobody0");
  }

  @Test
  void loginsPipelinedOnOneConnectionAreLoggedInTheirOrder() {
    String address = SERVICE.newAddress();
    try (HttpProbe connection = new HttpProbe(SERVICE.port())) {
      StringBuilder requests = new StringBuilder();
      for (int i = 0; i < 200; i++) {
        requests.append(loginRequest(address, "login=n" + i + "&password=x"));
      }
      connection.send(requests.toString());
      for (int i = 0; i < 200; i++) {
        assertThat(connection.receive().status()).isEqualTo(302);
      }
    }
    SERVICE.report();
    List<String> names =
        SERVICE.sql().query("SELECT login FROM login_log WHERE ip = '" + address + "' ORDER BY id");
    assertThat(names).hasSize(200);
    assertThat(names.stream().map(name -> Integer.parseInt(name.substring(1))).toList()).isSorted();
  }

  @Test
  void aRequestThatArrivesByteByByteIsUnderstood() {
    try (HttpProbe connection = new HttpProbe(SERVICE.port())) {
      for (char c : loginRequest(SERVICE.newAddress(), "login=nobody&password=x").toCharArray()) {
        connection.send(String.valueOf(c));
      }
      assertThat(connection.receive().status()).isEqualTo(302);
    }
  }

  @Test
  void theBodyOfARequestThatNeedsNoneIsSkipped() {
    String body = "x".repeat(8_192);
    try (HttpProbe connection = new HttpProbe(SERVICE.port())) {
      for (String line :
          List.of("GET /", "GET /nowhere", "POST /mypage", "POST /logout", "POST /login")) {
        connection.send(
            request(line, "Content-Type: text/plain\r\nContent-Length: " + body.length() + "\r\n")
                + body);
        assertThat(connection.receive().status()).isLessThan(500);
      }
      connection.send(request("GET /"));
      assertThat(connection.receive().status()).isEqualTo(200);
    }
  }

  @Test
  void http10IsAnsweredAndTheConnectionClosed() {
    try (HttpProbe connection = new HttpProbe(SERVICE.port())) {
      connection.send("GET / HTTP/1.0\r\n\r\n");
      HttpReply reply = connection.receive();
      assertThat(reply.status()).isEqualTo(200);
      assertThat(reply.element("login")).isNotNull();
      assertThat(connection.isClosedByServer()).isTrue();
    }
  }

  @Test
  void http10LoginsWork() {
    TestUser user = SERVICE.newUser();
    String body = user.form();
    HttpReply reply =
        once(
            "POST /login HTTP/1.0\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n"
                + body);
    assertThat(reply.header("location")).isEqualTo("/mypage");
  }

  @Test
  void http10MayKeepTheConnection() {
    try (HttpProbe connection = new HttpProbe(SERVICE.port())) {
      for (int i = 0; i < 3; i++) {
        connection.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        assertThat(connection.receive().header("connection")).isEqualToIgnoringCase("keep-alive");
      }
    }
  }

  @Test
  void connectionCloseIsHeeded() {
    for (String options :
        List.of("close", "Close, TE", "keep-alive, close", "te,close", "TE\r\nConnection: close")) {
      try (HttpProbe connection = new HttpProbe(SERVICE.port())) {
        connection.send(request("GET /", "Connection: " + options + "\r\n"));
        HttpReply reply = connection.receive();
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("connection")).isEqualTo("close");
        assertThat(connection.isClosedByServer()).isTrue();
      }
    }
  }

  @Test
  void anUpgradeToHttp2OrAWebSocketIsNotTaken() {
    HttpReply reply =
        once(
            request(
                "GET /",
                "Connection: Upgrade, HTTP2-Settings\r\n",
                "Upgrade: h2c\r\n",
                "HTTP2-Settings: AAMAAABkAAQAAP__\r\n"));
    assertThat(reply.status()).isEqualTo(200);
    HttpReply webSocket =
        once(
            request(
                "GET /",
                "Connection: Upgrade\r\n",
                "Upgrade: websocket\r\n",
                "Sec-WebSocket-Version: 13\r\n",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"));
    assertThat(webSocket.status()).isEqualTo(200);
  }

  @Test
  void expectContinueIsAnswered() {
    String body = "login=nobody&password=x";
    try (HttpProbe connection = new HttpProbe(SERVICE.port())) {
      connection.send(
          request(
              "POST /login",
              "Content-Type: application/x-www-form-urlencoded\r\n",
              "Content-Length: " + body.length() + "\r\n",
              "Expect: 100-continue\r\n"));
      assertThat(connection.receive().status()).isEqualTo(100);
      connection.send(body);
      assertThat(connection.receive().status()).isEqualTo(302);
    }
  }

  @Test
  void aClientThatGoesAwayHarmsNobody() {
    String address = SERVICE.newAddress();
    for (int i = 0; i < 20; i++) {
      try (HttpProbe connection = new HttpProbe(SERVICE.port())) {
        connection.send(loginRequest(address, "login=nobody&password=x"));
      }
      try (HttpProbe connection = new HttpProbe(SERVICE.port())) {
        connection.send(
            request(
                    "POST /login",
                    "Content-Type: application/x-www-form-urlencoded\r\n",
                    "Content-Length: 100\r\n")
                + "login=");
      }
    }
    assertThat(once(request("GET /")).status()).isEqualTo(200);
  }

  @Test
  void oneListenerServesAllEventLoops() {
    assertThat(SERVICE.settings().http().eventLoops()).isEqualTo(2);
    // Connections go to the event loops in turn; each of them answers at the one port.
    for (int i = 0; i < 4; i++) {
      assertThat(once(request("GET /")).status()).isEqualTo(200);
    }
  }
}
