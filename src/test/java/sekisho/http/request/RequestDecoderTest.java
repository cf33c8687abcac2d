package sekisho.http.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpServerOptions;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What of a head and of a trailer is understood, and what is refused with which status; SmugglingIT
 * has whole requests.
 */
class RequestDecoderTest {

  private static final String GET = "GET / HTTP/1.1\r\n";
  private static final String HOST = "Host: a\r\n";

  /** The target if all of the request was understood, else the status. */
  private static String read(String request) {
    EmbeddedChannel channel =
        new EmbeddedChannel(new RequestDecoder(new HttpServerOptions(), 8192));
    channel.writeInbound(Unpooled.copiedBuffer(request, StandardCharsets.ISO_8859_1));
    String target = "nothing";
    for (HttpObject message = channel.readInbound();
        message != null;
        message = channel.readInbound()) {
      DecoderResult result = message.decoderResult();
      if (message instanceof HttpRequest head) {
        target = head.uri();
      }
      if (result.isFailure()) {
        target =
            Integer.toString(
                result.cause() instanceof BadRequestException found ? found.status() : 400);
      }
      ReferenceCountUtil.release(message);
    }
    channel.finishAndReleaseAll();
    return target;
  }

  private static String unescaped(String text) {
    return text.translateEscapes();
  }

  private static String chunked(String trailer) {
    return "POST /login HTTP/1.1\r\n"
        + HOST
        + "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n"
        + trailer
        + "\r\n";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "sekisho.test",
        "SEKISHO.Test",
        "sekisho.test:8080",
        "127.0.0.1:8680",
        "localhost.",
        "a_b-c.test",
        "xn--uist22h.jp",
        "a:",
        "a:0",
        "a:65535",
        "a:00080",
        "1.2.3.999",
        "[::1]",
        "[::1]:8080",
        "[2001:DB8::0001]:",
        "[::ffff:192.0.2.1]:80",
        "a~!$&'()*+;=",
        " a ",
        "\ta\t"
      })
  void hostsAreTaken(String host) {
    assertThat(read(GET + "Host:" + host + "\r\n\r\n")).isEqualTo("/");
    assertThat(read("GET / HTTP/1.0\r\nHost:" + host + "\r\n\r\n")).isEqualTo("/");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "a b",
        "a\\tb",
        "a,b",
        "a, b",
        "a:80, b",
        "a/",
        "/a",
        "http://a",
        "a/b",
        "a?b",
        "a#b",
        "a@b",
        "user:pw@a",
        "user@a:80",
        "a:b",
        "a:80:80",
        "a:+80",
        "a:-1",
        "a: 80",
        "a :80",
        "a:65536",
        "a:000080",
        "a:99999999999",
        ":80",
        ":",
        "::1",
        "[::1",
        "::1]",
        "[::1]]",
        "[::1]a",
        "[::1]80",
        "[::1]:x",
        "[::1]:80:80",
        "[]",
        "[]:80",
        "[a]",
        "[127.0.0.1]",
        "[::g]",
        "[fe80::1%eth0]",
        "[fe80::1%25eth0]",
        "[v1.a]",
        "[:::1]",
        "[1:2:3]",
        "a%20b",
        "a%",
        "a%2eb",
        "%61",
        "a\\\\b",
        "\"a\"",
        "<a>",
        "a^b",
        "a|b",
        "{a}",
        "a`b",
        "\\0",
        "a\\0",
        "\\1a",
        "a\\177",
        "\\351.test",
        "a\\240",
        "\\343\\201\\202"
      })
  void whatIsNoHostIsRefused(String host) {
    assertThat(read(GET + "Host:" + unescaped(host) + "\r\n\r\n")).isEqualTo("400");
    assertThat(read("GET / HTTP/1.0\r\nHost:" + unescaped(host) + "\r\n\r\n")).isEqualTo("400");
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "->",
      value = {
        "/                       -> /",
        "/login                  -> /login",
        "/a/%e3%81%82            -> /a/%e3%81%82",
        "/a%2Fb?c=d%             -> /a%2Fb?c=d%",
        "/?a={b}|^`\\%zz%00      -> /?a={b}|^`\\%zz%00",
        "/{a}|b                  -> /{a}|b",
        "//                      -> //",
        "//a://b                 -> //a://b",
        "/a;b=c@d:e              -> /a;b=c@d:e",
        "http://a                -> /",
        "http://a/               -> /",
        "HTTP://A:80/login?x     -> /login?x",
        "https://a:443/login     -> /login",
        "http://a?b=/login       -> /?b=/login",
      })
  void targetsAreTaken(String target, String path) {
    assertThat(read("GET " + target + " HTTP/1.1\r\n" + HOST + "\r\n")).isEqualTo(path);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        "x",
        "?",
        "a:80",
        "a",
        "/\\0",
        "/a\\0b",
        "/login\\0",
        "/\\1",
        "/\\33",
        "/\\177",
        "/\\200",
        "/\\240",
        "/\\351",
        "/\\343\\201\\202",
        "/?\\0",
        "/?\\1",
        "/?\\377",
        "/#",
        "/a#b",
        "/?a#b",
        "/\"",
        "/<",
        "/>",
        "/a\\\\b",
        "/%",
        "/%2",
        "/%zz",
        "/a%4",
        "/%-1",
        "/%2?",
        "/%00",
        "/a%00b",
        "/%0d%0a",
        "/%7f",
        "/%ff",
        "/%c0%80",
        "/%ed%a0%80",
        "/%e3%81",
        "http:/a/",
        "http:a",
        "http://",
        "http:///",
        "http://?a",
        "http://b/",
        "http://a:81/",
        "https://a:80/",
        "http://a:443/",
        "http://u@a/",
        "http://u:p@a/",
        "http://a:x/",
        "http://a#b",
        "http://[::1/",
        "http://a\\0/",
        "http://a/\\0",
        "http://a/#b",
        "ftp://a/",
        "file:///",
        "ws://a/",
        "javascript:x",
        "\\\\\\\\a"
      })
  void whatIsNoTargetIsRefused(String target) {
    assertThat(read("GET " + unescaped(target) + " HTTP/1.1\r\n" + HOST + "\r\n")).isEqualTo("400");
  }

  @ParameterizedTest
  @ValueSource(strings = {"CONNECT a:80", "CONNECT a", "OPTIONS *", "GET *"})
  void formsForProxiesAreRefused(String line) {
    assertThat(read(line + " HTTP/1.1\r\n" + HOST + "\r\n")).isEqualTo("400");
  }

  @ParameterizedTest
  @CsvSource({"http://a/,[::1]", "http://[::1]:80/,[::2]", "http://a/,a:8080"})
  void aTargetOfAnotherHostIsRefused(String target, String host) {
    assertThat(read("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n")).isEqualTo("400");
  }

  @ParameterizedTest
  @CsvSource({
    "http://[::1]/,[::1]:80",
    "http://[::1]:/,[::1]",
    "http://a:8080/,A:8080",
    "https://a/,a:443"
  })
  void aTargetOfTheHostIsTaken(String target, String host) {
    assertThat(read("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n")).isEqualTo("/");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host: a",
        "Content-Type: text/plain",
        "Content-Encoding: identity",
        "Origin: http://a",
        "Referer: http://a/",
        "Content-Length: 0",
        "Expect: 100-continue",
        "Authorization: Basic YTpi",
        "Sec-Fetch-Site: none",
        "Sec-Fetch-Mode: navigate",
        "Sec-Fetch-Dest: document",
        "Sec-Fetch-User: ?1"
      })
  void ofTheseThereIsOneLine(String line) {
    String host = line.startsWith("Host") ? "" : HOST;
    assertThat(read(GET + host + line + "\r\n\r\n")).isEqualTo("/");
    assertThat(read(GET + host + line + "\r\n" + line + "\r\n\r\n")).isEqualTo("400");
    assertThat(
            read(
                GET
                    + line.toUpperCase(Locale.ROOT)
                    + "\r\n"
                    + host
                    + "X: y\r\n"
                    + line.toLowerCase(Locale.ROOT)
                    + "\r\n\r\n"))
        .isEqualTo("400");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Forwarded-For: 192.0.2.1",
        "Cookie: a=b",
        "Accept: a",
        "X: y",
        "Via: 1.1 a",
        "X-Forwarded-Host: a",
        "Connection: keep-alive",
        "Content-Typf: a",
        "Host2: a"
      })
  void ofTheseThereMayBeSeveral(String line) {
    assertThat(read(GET + HOST + line + "\r\n" + line + "\r\n\r\n")).isEqualTo("/");
  }

  /**
   * Vert.x takes any ninth letter for the right one, so that a field that no other reader knows
   * would frame the body.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Xength: 5",
        "content-\\0ength: 5",
        "Content-Xength: 5\r\nContent-Length: 0",
        "Content-Type: a\r\nContent-Hype: b"
      })
  void aNameThatIsNearlyAnotherIsNotTakenForIt(String lines) {
    String request =
        "POST /first HTTP/1.1\r\n"
            + HOST
            + unescaped(lines)
            + "\r\n\r\n"
            + "GET /second HTTP/1.1\r\n"
            + HOST
            + "\r\n";
    assertThat(read(request)).isEqualTo(lines.contains("0e") ? "400" : "/second");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\\0b", "\\1", "a\\2", "a\\13b", "a\\33[31m", "a\\177", "a\\rb", "\\b"})
  void controlCharactersInValuesAreRefused(String value) {
    assertThat(read(GET + HOST + "X: " + unescaped(value) + "\r\n\r\n")).isEqualTo("400");
  }

  @ParameterizedTest
  @CsvSource({
    "\\r\\n,/",
    "\\r\\n\\r\\n,/",
    "\\r,400",
    "\\n,400",
    "\\r\\r\\n,400",
    "\\r\\n\\n,400",
    "\\n\\r,400",
    "\\0,400",
    "' ',400",
    "\\r\\n\\t,400"
  })
  void onlyWholeEmptyLinesMayStandBeforeARequest(String before, String result) {
    assertThat(read(unescaped(before) + GET + HOST + "\r\n")).isEqualTo(result);
    assertThat(read(GET + HOST + "\r\n" + unescaped(before) + GET + HOST + "\r\n"))
        .isEqualTo(result);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "close",
        "keep-alive",
        "Keep-Alive, TE",
        "close, TE",
        "upgrade, HTTP2-Settings",
        "",
        ",",
        "x-hop",
        "Trailer"
      })
  void optionsOfTheConnectionAreTaken(String options) {
    assertThat(read(GET + HOST + "Connection: " + options + "\r\n\r\n")).isEqualTo("/");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host",
        "close, host",
        "Content-Length",
        "content-type",
        "Transfer-Encoding",
        "close,X-Forwarded-For",
        "Cookie",
        "Origin",
        "Sec-Fetch-Site",
        "\tX-Forwarded-Host\t",
        "Expect",
        "keep-alive\r\nConnection: cookie"
      })
  void aConnectionThatNamesOtherFieldsIsRefused(String options) {
    assertThat(read(GET + HOST + "Connection: " + options + "\r\n\r\n")).isEqualTo("400");
  }

  @ParameterizedTest
  @CsvSource({
    "100-continue,/",
    "100-Continue,/",
    "'',417",
    "200-ok,417",
    "'100-continue, x',417",
    "100-continuex,417",
    "x=y,417"
  })
  void onlyContinueCanBeExpected(String expectation, String result) {
    assertThat(read(GET + HOST + "Expect: " + expectation + "\r\n\r\n")).isEqualTo(result);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "X-Trailer: y\\r\\n",
        "A:\\r\\n",
        "A: b\\tc \\r\\nA: d\\r\\n",
        "Content-Digest: x\\r\\n",
        "a!#$%&'*+-.^_`|~9: \\351\\r\\n"
      })
  void trailersAreSkipped(String trailer) {
    assertThat(read(chunked(unescaped(trailer)))).isEqualTo("/login");
    assertThat(read(chunked(unescaped(trailer)) + GET + HOST + "\r\n")).isEqualTo("/");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "A: b\\r\\n c\\r\\n",
        "A: b\\r\\n\\tc\\r\\n",
        "A:\\r\\n b\\r\\n",
        " A: b\\r\\n",
        "\\tA: b\\r\\n",
        "A: b\\r\\n \\r\\n",
        "A : b\\r\\n",
        "A\\t: b\\r\\n",
        ": b\\r\\n",
        "A\\r\\n",
        "A b\\r\\n",
        "A: b\\n",
        "A: b\\n\\r\\n",
        "A: b\\rC: d\\r\\n",
        "\\n",
        "A: \\0\\r\\n",
        "A\\0: b\\r\\n",
        "A: b\\1\\r\\n",
        "A: b\\177\\r\\n",
        "A: \\13b\\r\\n",
        "A(: b\\r\\n",
        "A\\351: b\\r\\n",
        "\\0A: b\\r\\n",
        "A: b\\r\\r\\n",
        "Content-Length: 5\\r\\n",
        "content-length: 5\\r\\n",
        "Transfer-Encoding: chunked\\r\\n",
        "Host: b\\r\\n",
        "Content-Type: a\\r\\n",
        "Trailer: a\\r\\n",
        "Cookie: a=b\\r\\n",
        "Origin: http://a\\r\\n",
        "X-Forwarded-For: 192.0.2.1\\r\\n",
        "x-forwarded-host: a\\r\\n",
        "Authorization: a\\r\\n",
        "Connection: close\\r\\n",
        "Expect: 100-continue\\r\\n",
        "Sec-Fetch-Site: none\\r\\n",
        "TE: a\\r\\n",
        "Upgrade: h2c\\r\\n",
        "Content-Encoding: gzip\\r\\n",
        "X: y\\r\\nHOST: b\\r\\n",
        "Set-Cookie: a=b\\r\\n",
        "Cache-Control: no-cache\\r\\n",
        "Range: bytes=0-\\r\\n",
        "If-Match: a\\r\\n",
        "Forwarded: for=a\\r\\n",
        "Proxy-Authorization: a\\r\\n",
        "Max-Forwards: 1\\r\\n"
      })
  void otherTrailersAreRefused(String trailer) {
    assertThat(read(chunked(unescaped(trailer)))).isEqualTo("400");
    assertThat(read(chunked(unescaped(trailer)) + GET + HOST + "\r\n")).isEqualTo("400");
  }

  @ParameterizedTest
  @CsvSource({"98,/login", "99,431"})
  void headAndTrailerTogetherHave100Lines(int lines, String result) {
    assertThat(read(chunked("A: b\r\n".repeat(lines)))).isEqualTo(result);
    assertThat(read(chunked("A: b\r\n".repeat(lines)) + GET + HOST + "\r\n"))
        .isEqualTo(result.equals("431") ? result : "/");
  }
}
