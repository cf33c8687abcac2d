package sekisho.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.testing.HttpProbe;
import sekisho.testing.HttpReply;
import sekisho.testing.ServiceUnderTest;

/**
 * Requests that two readers could take for different ones are refused, and the connection ends with
 * them.
 */
class SmugglingIT {

  private static final String HOST = "Host: sekisho.test\r\n";
  private static final String FORM = "Content-Type: application/x-www-form-urlencoded\r\n";

  /** What an attacker hopes to have answered: were it, the connection would show it. */
  private static final String HIDDEN = "GET /mypage HTTP/1.1\r\n" + HOST + "\r\n";

  @RegisterExtension static final ServiceUnderTest SERVICE = ServiceUnderTest.with();

  private static String post(String headers, String body) {
    return "POST /login HTTP/1.1\r\n" + HOST + FORM + headers + "\r\n" + body;
  }

  static Stream<String> ambiguous() {
    String chunked = "Transfer-Encoding: chunked\r\n";
    String body = "7\r\nlogin=a\r\n0\r\n\r\n";
    Stream<String> lengths =
        Stream.of(
                "Content-Length: 7\r\nContent-Length: 7\r\n",
                "Content-Length: 7\r\nContent-Length: 0\r\n",
                "Content-Length: 7, 7\r\n",
                "Content-Length: 7,8\r\n",
                "Content-Length: +7\r\n",
                "Content-Length: -7\r\n",
                "Content-Length: 0x7\r\n",
                "Content-Length: 7 7\r\n",
                "Content-Length: 7.0\r\n",
                "Content-Length: 7e0\r\n",
                "Content-Length: \r\n",
                "Content-Length: 7\u000b\r\n",
                "Content-Length:\u000b7\r\n",
                "Content-Length: 7;\r\n",
                "Content-Length: 99999999999999999999\r\n",
                "Content-Length : 7\r\n",
                "Content-Length\t: 7\r\n",
                " Content-Length: 7\r\n",
                "\tContent-Length: 7\r\n",
                "X: y\r\n Content-Length: 7\r\n",
                "Content-Length:\r\n 7\r\n",
                "Content-Length: 7\nX: y\r\n",
                "Content-Length: 7\rX: y\r\n",
                "\0Content-Length: 7\r\n",
                "Content-Length\0: 7\r\n",
                "Content-Length: 7\0\r\n",
                "Content\u00ad-Length: 7\r\n",
                ": 7\r\n",
                "Content-Length 7\r\n",
                "X\r\n",
                "(X): y\r\n",
                "X@: y\r\n",
                "X: y\r\n\tz\r\n")
            .map(bad -> post(bad, "login=a"));
    Stream<String> codings =
        Stream.of(
                chunked + "Content-Length: 17\r\n",
                "Content-Length: 17\r\n" + chunked,
                chunked + chunked,
                chunked + "Transfer-Encoding: identity\r\n",
                "Transfer-Encoding: identity\r\n",
                "Transfer-Encoding: gzip, chunked\r\n",
                "Transfer-Encoding: chunked, identity\r\n",
                "Transfer-Encoding: chunked, chunked\r\n",
                "Transfer-Encoding: xchunked\r\n",
                "Transfer-Encoding: \"chunked\"\r\n",
                "Transfer-Encoding: chunked;a=b\r\n",
                "Transfer-Encoding: \u000bchunked\r\n",
                "Transfer-Encoding: chunked\u000b\r\n",
                "Transfer-Encoding:\r\n chunked\r\n",
                "Transfer-Encoding : chunked\r\n",
                " Transfer-Encoding: chunked\r\n",
                "Transfer-Encoding: cow\r\n",
                "Transfer-Encoding:\r\n",
                "Transfer-Encoding: chunked\r\r\n",
                "X: y\rTransfer-Encoding: chunked\r\n",
                "X: y\nTransfer-Encoding: chunked\r\n",
                "transfer-encoding: chunked\r\nTRANSFER-ENCODING: chunked\r\n")
            .map(bad -> post(bad, body));
    Stream<String> chunks =
        Stream.of(
                "g\r\n",
                "\r\n",
                " 7\r\nlogin=a\r\n",
                "7 \r\nlogin=a\r\n",
                "7;x=y\r\nlogin=a\r\n",
                "7;\r\nlogin=a\r\n",
                "7 ;x\r\nlogin=a\r\n",
                "7;x=\"\n\"\r\nlogin=a\r\n",
                "0x7\r\nlogin=a\r\n",
                "+7\r\nlogin=a\r\n",
                "-7\r\nlogin=a\r\n",
                "7\nlogin=a\r\n",
                "7\rlogin=a\r\n",
                "7\r\nlogin=a\n",
                "7\r\nlogin=a\r",
                "7\r\nlogin=aXX",
                "6\r\nlogin=a\r\n",
                "8\r\nlogin=a\r\n",
                "100000007\r\nlogin=a\r\n",
                "000000007\r\nlogin=a\r\n",
                "ffffffffffffffff7\r\n",
                "7\0\r\nlogin=a\r\n",
                "7_\r\nlogin=a\r\n",
                "7,7\r\nlogin=a\r\n",
                "7\r\nlogin=a\r\n0;x\r\n\r\n",
                "7\r\nlogin=a\r\n0\n\r\n",
                "7\r\nlogin=a\r\n0\r\nX: y\n\r\n",
                "7\r\nlogin=a\r\n0\r\n\n",
                "7\r\nlogin=a\r\n0\r\nno colon\r\n\r\n",
                "7\r\nlogin=a\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n",
                "7\r\nlogin=a\r\n0\r\nContent-Length: 5\r\n\r\n")
            .map(bad -> post(chunked, bad + "0\r\n\r\n"));
    return Stream.of(lengths, codings, chunks, lines()).flatMap(each -> each);
  }

  private static Stream<String> lines() {
    Stream<String> lines =
        Stream.of(
                "GET  / HTTP/1.1",
                "GET /  HTTP/1.1",
                " GET / HTTP/1.1",
                "GET / HTTP/1.1 ",
                "GET\t/\tHTTP/1.1",
                "GET / HTTP/1.1\r",
                "GET\u000b/ HTTP/1.1",
                "GET /\u000cHTTP/1.1",
                "GET /\rHTTP/1.1",
                "\0GET / HTTP/1.1",
                "\r\n\0GET / HTTP/1.1",
                "GET / HTTP/1.1 x",
                "GET / x HTTP/1.1",
                "GET / HTTP/2.0",
                "GET / HTTP/3.0",
                "GET / HTTP/1.2",
                "GET / HTTP/0.9",
                "GET / HTTP/1.10",
                "GET / HTTP/01.1",
                "GET / HTTP/1.",
                "GET / HTTP/11",
                "GET / http/1.1",
                "GET / HTTP/ 1.1",
                "GET / XTTP/1.1",
                "GET / HTTP/1.1\0",
                "GET /",
                "GET",
                "G(T / HTTP/1.1",
                "G\u00e9T / HTTP/1.1",
                "PRI * HTTP/2.0")
            .map(line -> line + "\r\n" + HOST + "\r\n");
    return Stream.concat(
        lines,
        Stream.of(
            "GET / HTTP/1.1\n" + HOST + "\r\n",
            "GET / HTTP/1.1\r\nHost: a\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\n\n",
            "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\n" + HOST + HOST + "\r\n",
            "GET / HTTP/1.1\r\n" + HOST + "host: b\r\n\r\n",
            "GET / HTTP/1.1\r\nX: y\r\n\r\n",
            "GET / HTTP/1.1\r\n" + HOST + "Sec-WebSocket-Key1: a\r\nSec-WebSocket-Key2: b\r\n\r\n",
            "POST /login HTTP/1.0\r\n"
                + FORM
                + "Transfer-Encoding: chunked\r\n\r\n7\r\nlogin=a\r\n0\r\n\r\n",
            "POST /login HTTP/1.0\r\n"
                + FORM
                + "Content-Length: 7\r\nContent-Length: 0\r\n\r\nlogin=a",
            "POST /login HTTP/1.0\r\n"
                + FORM
                + "Content-Length: 7\r\nTransfer-Encoding: chunked\r\n\r\nlogin=a"));
  }

  @ParameterizedTest
  @MethodSource("ambiguous")
  void isRefusedAndNothingAfterItIsAnswered(String request) {
    try (HttpProbe connection = new HttpProbe(SERVICE.port())) {
      connection.send(request + HIDDEN);
      assertRefused(connection);
    }
  }

  @ParameterizedTest
  @MethodSource("ambiguous")
  void isRefusedHoweverItArrives(String request) {
    try (HttpProbe connection = new HttpProbe(SERVICE.port())) {
      connection.send("GET / HTTP/1.1\r\n" + HOST + "\r\n");
      assertThat(connection.receive().status()).isEqualTo(200);
      for (char c : (request + HIDDEN).toCharArray()) {
        if (!connection.trySend(String.valueOf(c))) {
          break;
        }
      }
      assertRefused(connection);
    }
  }

  private static void assertRefused(HttpProbe connection) {
    HttpReply reply = connection.receive();
    assertThat(reply.status()).as(reply.toString()).isEqualTo(400);
    assertThat(reply.header("connection")).isEqualTo("close");
    assertThat(reply.header("content-type")).isEqualTo("text/html; charset=utf-8");
    assertThat(connection.isClosedByServer()).isTrue();
  }

  @Test
  void nothingOfItWasAnAttempt() {
    long before = attempts();
    ambiguous().forEach(request -> HttpProbe.once(SERVICE.port(), request));
    assertThat(attempts()).isEqualTo(before);
  }

  private static long attempts() {
    SERVICE.report();
    return Long.parseLong(SERVICE.sql().query("SELECT COUNT(*) FROM login_log").get(0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "7\r\nlogin=a\r\n0\r\n\r\n",
        "0007\r\nlogin=a\r\n000\r\n\r\n",
        "3\r\nlog\r\n4\r\nin=a\r\n0\r\n\r\n",
        "7\r\nlogin=a\r\n0\r\nX-Trailer: y\r\n\r\n",
        "0\r\n\r\n"
      })
  void plainChunksAreUnderstoodHoweverTheyArrive(String body) {
    String request = post("transfer-encoding: CHUNKED\r\n", body);
    try (HttpProbe connection = new HttpProbe(SERVICE.port())) {
      connection.send(request + request);
      request.chars().forEach(c -> connection.send(String.valueOf((char) c)));
      for (int i = 0; i < 3; i++) {
        assertThat(connection.receive().status()).isEqualTo(302);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\r\n", "\r\n\r\n"})
  void emptyLinesBeforeARequestAreSkipped(String lines) {
    String request = lines + "GET / HTTP/1.1\r\n" + HOST + "\r\n";
    try (HttpProbe connection = new HttpProbe(SERVICE.port())) {
      connection.send(request + request);
      assertThat(List.of(connection.receive().status(), connection.receive().status()))
          .containsOnly(200);
    }
  }

  @Test
  void whatWasAskedBeforeIsAnsweredFirst() {
    try (HttpProbe connection = new HttpProbe(SERVICE.port())) {
      connection.send(
          post("Content-Length: 7\r\n", "login=a")
              + "GET /report HTTP/1.1\r\n"
              + HOST
              + "\r\n"
              + "GET / HTTP/9.9\r\n\r\n"
              + HIDDEN);
      assertThat(connection.receive().status()).isEqualTo(302);
      assertThat(connection.receive().status()).isEqualTo(200);
      assertRefused(connection);
    }
  }
}
