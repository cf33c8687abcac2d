package sekisho.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.testing.Browser;
import sekisho.testing.HttpProbe;
import sekisho.testing.HttpReply;
import sekisho.testing.ServiceUnderTest;

/** Bad input gets a clear 4xx, is never a 5xx and changes nothing (SPEC.md, section 2). */
class BadInputIT {

  private static final int LIMIT = 8192;
  private static final String FORM = "Content-Type: application/x-www-form-urlencoded\r\n";

  @RegisterExtension static final ServiceUnderTest SERVICE = ServiceUnderTest.with();

  private static String head(String... headers) {
    return "POST /login HTTP/1.1\r\nHost: sekisho.test\r\n" + String.join("", headers) + "\r\n";
  }

  private static HttpReply post(String body) {
    return HttpProbe.once(
        SERVICE.port(), head(FORM, "Content-Length: " + body.length() + "\r\n") + body);
  }

  private static void assertRefused(HttpReply reply, int status) {
    assertThat(reply.status()).as(reply.toString()).isEqualTo(status);
    assertThat(reply.page().select("main p").text()).as("says what is wrong").isNotBlank();
    assertThat(reply.headers("set-cookie")).isEmpty();
  }

  private static long attempts() {
    SERVICE.report();
    return Long.parseLong(SERVICE.sql().query("SELECT COUNT(*) FROM login_log").get(0));
  }

  /** A form of exactly this many bytes with an unknown name. */
  private static String formOf(int length) {
    String start = "login=nobody&password=";
    return start + "x".repeat(length - start.length());
  }

  @Test
  void aFormOfMoreThan32FieldsIsRefused() {
    assertThat(post("login=nobody&password=x" + "&a=b".repeat(30)).status()).isEqualTo(302);
    assertRefused(post("login=nobody&password=x" + "&a=b".repeat(31)), 400);
  }

  @Test
  void moreThan100HeaderLinesAreRefused() {
    String get = "GET / HTTP/1.1\r\nHost: sekisho.test\r\n";
    assertThat(HttpProbe.once(SERVICE.port(), get + "A: b\r\n".repeat(99) + "\r\n").status())
        .isEqualTo(200);
    assertRefused(HttpProbe.once(SERVICE.port(), get + "A: b\r\n".repeat(100) + "\r\n"), 431);
  }

  @Test
  void aFormOfExactly8KiBIsAccepted() {
    assertThat(post(formOf(LIMIT)).status()).isEqualTo(302);
  }

  @Test
  void aLongerFormIsRefused() {
    assertRefused(post(formOf(LIMIT + 1)), 413);
    assertRefused(post(formOf(1_000_000)), 413);
  }

  @ParameterizedTest
  @ValueSource(strings = {"8193", "2147483647", "2147483648", "9223372036854775807"})
  void aLongerFormIsRefusedBeforeItsBodyArrives(String length) {
    try (HttpProbe connection = new HttpProbe(SERVICE.port())) {
      connection.send(head(FORM, "Content-Length: " + length + "\r\n"));
      assertRefused(connection.receive(), 413);
    }
  }

  @Test
  void aLongerFormInChunksIsRefusedBeforeItEnds() {
    try (HttpProbe connection = new HttpProbe(SERVICE.port())) {
      connection.send(head(FORM, "Transfer-Encoding: chunked\r\n"));
      connection.send(
          "1000\r\n" + "x".repeat(4096) + "\r\n1000\r\n" + "x".repeat(4096) + "\r\n1\r\nx\r\n");
      assertRefused(connection.receive(), 413);
    }
  }

  @Test
  void exactly8KiBInChunksAreAccepted() {
    String form = formOf(LIMIT);
    try (HttpProbe connection = new HttpProbe(SERVICE.port())) {
      connection.send(head(FORM, "Transfer-Encoding: chunked\r\n"));
      connection.send(
          "1\r\n" + form.charAt(0) + "\r\n1fff\r\n" + form.substring(1) + "\r\n0\r\n\r\n");
      assertThat(connection.receive().status()).isEqualTo(302);
    }
  }

  @Test
  void theRestOfAFormThatWasTooLongIsNotReadAndTheConnectionClosed() {
    try (HttpProbe connection = new HttpProbe(SERVICE.port())) {
      connection.send(head(FORM, "Content-Length: 20000\r\n") + "x".repeat(9_000));
      HttpReply reply = connection.receive();
      assertRefused(reply, 413);
      assertThat(reply.header("connection")).isEqualTo("close");
      assertThat(connection.isClosedByServer()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"GET /", "HEAD /", "GET /nowhere", "POST /logout", "PUT /login", "GET /report"})
  void noRequestHasALongerBody(String line) {
    for (String length :
        List.of(
            "Content-Length: 8193\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n2001\r\n" + formOf(LIMIT + 1))) {
      try (HttpProbe connection = new HttpProbe(SERVICE.port())) {
        connection.send(line + " HTTP/1.1\r\nHost: sekisho.test\r\n" + length);
        HttpReply reply = line.startsWith("HEAD") ? connection.receiveHead() : connection.receive();
        assertThat(reply.status()).isEqualTo(413);
        assertThat(connection.isClosedByServer()).isTrue();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Content-Type: text/plain\r\n",
        "Content-Type: application/json\r\n",
        "Content-Type: multipart/form-data; boundary=x\r\n",
        "Content-Type: \r\n",
        "Content-Type: application/x-www-form-urlencoded; charset=shift_jis\r\n",
        "Content-Type: application/x-www-form-urlencodedx\r\n"
      })
  void anotherContentTypeIsRefused(String contentType) {
    String form = "login=a&password=b";
    String head = head(contentType, "Content-Length: " + form.length() + "\r\n");
    assertRefused(HttpProbe.once(SERVICE.port(), head + form), 415);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/x-www-form-urlencoded; charset=UTF-8",
        "Application/X-WWW-Form-Urlencoded",
        "application/x-www-form-urlencoded;charset=\"utf-8\""
      })
  void theContentTypeMayBeWrittenAsTheStandardAllows(String contentType) {
    String form = "login=a&password=b";
    assertThat(
            HttpProbe.once(
                    SERVICE.port(),
                    head(
                            "content-type: " + contentType + "\r\n",
                            "Content-Length: " + form.length() + "\r\n")
                        + form)
                .status())
        .isEqualTo(302);
  }

  static Stream<String> badForms() {
    return Stream.of(
            "%",
            "%2",
            "%zz",
            "a%4",
            "%-1",
            "%+1",
            "% 1",
            "%ff",
            "%c0%80",
            "%ed%a0%80",
            "%f5%80%80%80",
            "%e3%81",
            "\u00e9",
            "%00",
            "a%00b",
            "\u0000",
            "%u3042")
        .flatMap(
            bad ->
                Stream.of(
                    "login=" + bad + "&password=x",
                    "login=x&password=" + bad,
                    "login=a&password=b&" + bad + "=1",
                    bad));
  }

  @ParameterizedTest
  @MethodSource("badForms")
  void aFormThatIsBrokenIsRefused(String form) {
    assertRefused(post(form), 400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"n", "é", "関", "🚧", "\r", " "})
  void aNameOf255CharactersIsTheLongest(String character) {
    assertThat(post("login=" + Browser.encoded(character.repeat(255)) + "&password=x").status())
        .isEqualTo(302);
    assertRefused(post("login=" + Browser.encoded(character.repeat(256)) + "&password=x"), 400);
    SERVICE.report();
    assertThat(
            SERVICE
                .sql()
                .query(
                    "SELECT login FROM login_log WHERE CHAR_LENGTH(login) = 255 ORDER BY id DESC LIMIT 1"))
        .containsExactly(character.repeat(255));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "login=a", "password=b", "other=c", "login", "=", "&&&", "login=&password="})
  void aMissingFieldCountsAsEmpty(String form) {
    assertThat(post(form).header("location")).isEqualTo("/");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deflate", "br", "gzip, identity", "x"})
  void aFormThatIsCompressedIsRefused(String encoding) {
    String form = "login=a&password=b";
    String head =
        head(
            FORM,
            "Content-Encoding: " + encoding + "\r\n",
            "Content-Length: " + form.length() + "\r\n");
    assertRefused(HttpProbe.once(SERVICE.port(), head + form), 415);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "unknown",
        "example.org",
        "192.0.2.256",
        "192.0.2.1, unknown",
        "192.0.2.1,",
        "<script>",
        "1",
        "2001:db8::g",
        "%00"
      })
  void aTrustedProxyHasToNameAValidAddress(String forwardedFor) {
    String form = "login=a&password=b";
    String header = "X-Forwarded-For: " + forwardedFor + "\r\n";
    try (HttpProbe connection = new HttpProbe(SERVICE.port())) {
      connection.send(head(header, FORM, "Content-Length: " + form.length() + "\r\n") + form);
      assertRefused(connection.receive(), 400);
      connection.send("GET /report HTTP/1.1\r\nHost: sekisho.test\r\n" + header + "\r\n");
      HttpReply report = connection.receive();
      assertThat(report.status()).isEqualTo(400);
      assertThat(report.json().get("error").textValue())
          .isEqualTo("X-Forwarded-For does not hold a valid address.");
      connection.send("GET / HTTP/1.1\r\nHost: sekisho.test\r\n" + header + "\r\n");
      assertThat(connection.receive().status())
          .as("the address does not matter here")
          .isEqualTo(200);
    }
  }

  @Test
  void whatWasRefusedIsNotLogged() {
    long before = attempts();
    badForms().forEach(BadInputIT::post);
    post(formOf(LIMIT + 1));
    post("login=" + "n".repeat(256));
    HttpProbe.once(
        SERVICE.port(), head("Content-Type: text/plain\r\n", "Content-Length: 7\r\n") + "login=a");
    assertThat(attempts()).isEqualTo(before);
    assertThat(SERVICE.reported("banned_ips")).doesNotContain("127.0.0.1");
  }

  @Test
  void whatTheClientSentIsNotShownToHim() {
    assertThat(post("login=%3Cscript%3Ealert(1)%3C/script%3E%&password=sesame").text())
        .doesNotContain("alert(1)", "sesame");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GARBAGE\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: sekisho.test\r\nno colon\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: sekisho.test\r\nBad name: x\r\n\r\n",
        "POST /login HTTP/1.1\r\nHost: sekisho.test\r\nContent-Length: -1\r\n\r\n",
        "POST /login HTTP/1.1\r\nHost: sekisho.test\r\nContent-Length: many\r\n\r\n",
        "POST /login HTTP/1.1\r\nHost: sekisho.test\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST /login HTTP/1.1\r\nHost: sekisho.test\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "GET / HTTP/1.1 and more\r\n\r\n"
      })
  void whatIsNotHttpIsRefusedAndTheConnectionClosed(String bytes) {
    try (HttpProbe connection = new HttpProbe(SERVICE.port())) {
      connection.send(bytes);
      assertThat(connection.receive().status()).isEqualTo(400);
      assertThat(connection.isClosedByServer()).isTrue();
    }
  }

  @Test
  void tooLongALineAndTooManyHeadersAreRefused() {
    assertThat(
            HttpProbe.once(SERVICE.port(), "GET /" + "x".repeat(10_000) + " HTTP/1.1\r\n\r\n")
                .status())
        .isEqualTo(414);
    assertThat(
            HttpProbe.once(
                    SERVICE.port(), "GET / HTTP/1.1\r\nCookie: " + "x".repeat(10_000) + "\r\n\r\n")
                .status())
        .isEqualTo(431);
  }

  @Test
  void noBytesWhateverGiveA5xx() {
    Random random = new Random(4);
    List<String> words =
        List.of(
            "login",
            "password",
            "=",
            "&",
            "%",
            "%e3%81%82",
            "+",
            "é",
            "\u0000",
            ";",
            "%25",
            "isucon1");
    try (HttpProbe connection = new HttpProbe(SERVICE.port())) {
      for (int i = 0; i < 2000; i++) {
        byte[] body = new byte[random.nextInt(100)];
        random.nextBytes(body);
        StringBuilder form = new StringBuilder();
        for (int n = random.nextInt(12); n > 0; n--) {
          form.append(words.get(random.nextInt(words.size())));
        }
        byte[] sent = i % 2 == 0 ? body : form.toString().getBytes(StandardCharsets.UTF_8);
        connection.send(head(FORM, "Content-Length: " + sent.length + "\r\n"));
        connection.send(sent);
        assertThat(connection.receive().status()).isIn(302, 400);
      }
    }
  }
}
