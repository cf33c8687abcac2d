package sekisho.bench.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.bench.load.Problem;

/** An answer is read to its end and not beyond, in whatever pieces it arrives. */
class AnswerReaderTest {

  private static final String NEXT = "HTTP/1.1 418 next";
  private static final String REDIRECT =
      "HTTP/1.1 302 Found\r\nset-cookie: a=1; Path=/\r\nSet-Cookie: b=2\r\n"
          + "LOCATION: http://127.0.0.1:8080/mypage?x=1\r\nContent-Length: 0\r\n\r\n";

  private final AnswerReader reader = new AnswerReader();

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nb;x=y\r\nhello world\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n2\r\n\r\n\r\n0\r\nTrailer: x\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200\r\nContent-Length: 1\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\r\n\r\n"
      })
  void endsWhereTheAnswerEnds(String answer) {
    ByteBuf all = bytes(answer + NEXT);
    assertThat(reader.read(all)).isTrue();
    assertThat(all.toString(StandardCharsets.ISO_8859_1)).isEqualTo(NEXT);
    assertThat(reader.status()).isEqualTo(200);
    assertThat(reader.closes()).isFalse();

    reader.restart();
    for (int i = 0; i < answer.length(); i++) {
      assertThat(reader.read(bytes(answer.substring(i, i + 1))))
          .as("after byte " + i)
          .isEqualTo(i == answer.length() - 1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"
      })
  void someAnswersHaveNoBody(String answer) {
    assertThat(reader.read(bytes(answer))).isTrue();
  }

  @Test
  void keepsRedirectAndCookies() {
    assertThat(reader.read(bytes(REDIRECT))).isTrue();
    assertThat(reader.status()).isEqualTo(302);
    assertThat(reader.locationPath()).isEqualTo("/mypage");
    assertThat(reader.cookies()).containsExactly("a=1; Path=/", "b=2");
    reader.restart();
    assertThat(reader.read(bytes("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))).isTrue();
    assertThat(reader.locationPath()).isNull();
    assertThat(reader.cookies()).isEmpty();
  }

  @Test
  void withoutALengthTheBodyEndsWithTheConnection() {
    assertThat(reader.read(bytes("HTTP/1.0 200 OK\r\n\r\nhello"))).isFalse();
    assertThat(reader.endsByClose()).isTrue();
    assertThat(reader.closes()).isTrue();
  }

  @Test
  void seesThatTheServerCloses() {
    assertThat(
            reader.read(bytes("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")))
        .isTrue();
    assertThat(reader.closes()).isTrue();
  }

  @Test
  void readsALongHead() {
    String head =
        "HTTP/1.1 200 OK\r\nX-Long: " + "x".repeat(20_000) + "\r\nContent-Length: 2\r\n\r\n";
    assertThat(reader.read(bytes(head + "ok"))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH\r\n\r\n",
        "HTTP/1.1 xyz OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello\r\n"
      })
  void refusesWhatIsNotHttp(String answer) {
    assertThatThrownBy(() -> reader.read(bytes(answer))).isInstanceOf(Problem.class);
  }

  @Test
  void refusesAHeadWithoutEnd() {
    assertThatThrownBy(() -> reader.read(bytes("HTTP/1.1 200 OK\r\nX: " + "x".repeat(70_000))))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("head");
  }
}
