package sekisho.http.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AccessLogFormatTest {

  private static final AccessLogEntry LOGIN =
      new AccessLogEntry(
          Instant.parse("2026-11-27T05:20:11.123Z"),
          "203.0.113.7",
          "POST",
          "/login",
          302,
          0,
          1_234_567,
          1_000_999,
          "wrong",
          "https://login.example/",
          "curl/8.1 (\"x\")");

  private static AccessLogEntry with(String method, String uri) {
    return new AccessLogEntry(
        LOGIN.at(), LOGIN.client(), method, uri, 404, 12, 61_000_000_000L, 0, "-", "-", "-");
  }

  @Test
  void linesAreThoseThatOtherToolsRead() {
    assertThat(AccessLogFormat.LTSV.line(LOGIN))
        .isEqualTo(
            "time:2026-11-27T05:20:11.123Z\thost:203.0.113.7\tmethod:POST\turi:/login\tstatus:302\tsize:0"
                + "\treqtime:0.001234\tapptime:0.001000\toutcome:wrong");
    assertThat(AccessLogFormat.COMBINED.line(LOGIN))
        .isEqualTo(
            "203.0.113.7 - - [27/Nov/2026:05:20:11 +0000] \"POST /login HTTP/1.1\" 302 0"
                + " \"https://login.example/\" \"curl/8.1 (\\x22x\\x22)\"");
    assertThat(AccessLogFormat.JSON.line(LOGIN))
        .isEqualTo(
            "{\"time\":\"2026-11-27T05:20:11.123Z\",\"host\":\"203.0.113.7\",\"method\":\"POST\",\"uri\":\"/login\","
                + "\"status\":302,\"size\":0,\"reqtime\":0.001234,\"apptime\":0.001000,\"outcome\":\"wrong\"}");
  }

  @ParameterizedTest
  @EnumSource
  void whatIsWrittenIsReadAgain(AccessLogFormat format) {
    AccessLogEntry read = AccessLogFormat.readAny(format.line(LOGIN)).orElseThrow();
    assertThat(read.method() + read.uri() + read.status() + read.client())
        .isEqualTo("POST/login302203.0.113.7");
    if (format != AccessLogFormat.COMBINED) {
      assertThat(read.requestNanos()).isEqualTo(1_234_000);
      assertThat(read.storeNanos()).isEqualTo(1_000_000);
      assertThat(read.outcome()).isEqualTo("wrong");
      assertThat(
              AccessLogFormat.readAny(format.line(with("GET", "/x"))).orElseThrow().requestNanos())
          .isEqualTo(61_000_000_000L);
    }
  }

  /** Clients choose what stands there. */
  @ParameterizedTest
  @EnumSource
  void nothingThatAClientSendsEndsAFieldOrALine(AccessLogFormat format) {
    for (String uri :
        new String[] {"/a\tstatus:200", "/a\nb", "/a\" 200 1 \"", "/\\", "/é\u2028", "/\u007f"}) {
      String line = format.line(with("GET", uri));
      assertThat(line).doesNotContain("\n", "\r", "\u2028\n");
      assertThat(AccessLogFormat.readAny(line))
          .hasValueSatisfying(read -> assertThat(read.status()).isEqualTo(404));
    }
  }

  @Test
  void otherLinesAreNone() {
    for (String line :
        new String[] {
          "",
          "2026-11-27T13:50:19.589Z INFO  Service: serving on http://127.0.0.1:8080/",
          "{",
          "{}",
          "time:yesterday\tstatus:200",
          "time:2026-11-27T05:20:11Z\tstatus:ok",
          "a - - [x] \"GET / HTTP/1.1\" 200 1 \"-\" \"-\""
        }) {
      assertThat(AccessLogFormat.readAny(line)).as(line).isEmpty();
    }
  }

  @Test
  void sumsAreByMethodAndPath() {
    AccessLogSummary summary = new AccessLogSummary();
    for (int i = 1; i <= 100; i++) {
      summary.add(
          AccessLogFormat.LTSV.line(
              new AccessLogEntry(
                  LOGIN.at(),
                  "-",
                  "GET",
                  "/",
                  i > 90 ? 503 : 200,
                  10,
                  i * 1_000_000L,
                  0,
                  "-",
                  "-",
                  "-")));
    }
    summary.add(AccessLogFormat.JSON.line(LOGIN));
    summary.add("a line of something else");
    assertThat(summary.others()).isEqualTo(1);
    assertThat(summary.rows())
        .extracting(AccessLogSummary.Row::route)
        .containsExactly("GET /", "POST /login");
    AccessLogSummary.Row home = summary.rows().get(0);
    assertThat(home.count()).isEqualTo(100);
    assertThat(home.bytes()).isEqualTo(1000);
    assertThat(home.statuses()).hasToString("{2xx=90, 5xx=10}");
    assertThat(home.mean()).isBetween(0.0504, 0.0506);
    assertThat(home.p50()).isBetween(0.0499, 0.0501);
    assertThat(home.p90()).isBetween(0.0899, 0.0901);
    assertThat(home.max()).isBetween(0.0999, 0.1001);
  }
}
