package sekisho.http.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.vertx.core.http.HttpServerOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import sekisho.fuzz.Check;
import sekisho.fuzz.FuzzTarget;
import sekisho.http.request.RequestDecoder;

/**
 * Decoder and guard of a connection: whole requests come out, each within its limits, until one is
 * refused, and the same ones however the bytes are cut into pieces, and the same that a second
 * reader finds. No buffer is left over.
 */
public final class RequestTarget implements FuzzTarget {

  private static final int MAX_BODY = 8192;

  private final HttpServerOptions options = new HttpServerOptions();
  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);

  @Override
  public String name() {
    return "request";
  }

  @Override
  public List<String> words() {
    return List.of(
        "\r\n",
        "\n",
        "\r",
        "\r\n\r\n",
        " ",
        "\t",
        ": ",
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "HTTP/1.1",
        "HTTP/1.0",
        "HTTP/2.0",
        "POST /login HTTP/1.1\r\n",
        "Host: a\r\n",
        "Content-Length: 7\r\n",
        "Content-Length: 0\r\n",
        "Content-Length: 8193\r\n",
        "Content-Length: 99999999999999999999\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: gzip\r\n",
        "Expect: 100-continue\r\n",
        "Connection: close\r\n",
        "Connection: keep-alive\r\n",
        "7\r\nlogin=a\r\n",
        "0\r\n\r\n",
        "0\r\n",
        ";ext=1",
        "Sec-WebSocket-Key1: 1\r\n",
        "Upgrade: h2c\r\n",
        "X: y\r\n".repeat(101),
        "x".repeat(4096),
        "y".repeat(8192),
        "X-Forwarded-For: 192.0.2.1\r\n",
        "Cookie: sekisho_session=x\r\n",
        "Content-Type: application/x-www-form-urlencoded\r\n",
        "login=isucon1&password=isuconpass1",
        "http://a/",
        "Host: b\r\n",
        "Host: a b\r\n",
        "Host: [::1]:80\r\n",
        "Host:\r\n",
        "http://b/",
        "https://a:443",
        "0\r\nA: b\r\n\r\n",
        "A: b\r\n c\r\n",
        "A: b\r\n",
        "Trailer: A\r\n",
        "Content-Xength: 7\r\n",
        "Content-Type: text/plain\r\n",
        "Content-Encoding: gzip\r\n",
        "Origin: http://a\r\n",
        "Connection: close, Host\r\n",
        "Connection: close, TE\r\n",
        "Expect: x\r\n",
        "%00",
        "%e3%81%82",
        "%ff",
        "\0",
        "#",
        "Cookie: sekisho_session=\"x\"; sekisho_session=y; sekisho_notice=\"wrong\"\r\n",
        "X-Forwarded-For: [2001:db8::1], unix:\r\n");
  }

  @Override
  public void accept(byte[] input) {
    List<String> whole = read(input, input.length);
    List<String> pieces =
        read(input, 1 + (input.length == 0 ? 0 : (input[input.length / 2] & 0x1f)));
    Check.that(whole.equals(pieces), "whole: " + whole + "\nin pieces: " + pieces);
    List<String> accepted = whole.stream().filter(request -> !request.equals("refused")).toList();
    List<String> second = StrictReader.read(input);
    Check.that(
        accepted.size() <= second.size() && accepted.equals(second.subList(0, accepted.size())),
        "accepted: " + accepted + "\nby a second reader: " + second);
  }

  private List<String> read(byte[] input, int step) {
    Connections connections =
        new Connections(
            options,
            new ConnectionLimits(
                1, Duration.ofSeconds(9), Duration.ofSeconds(9), Duration.ofSeconds(9)),
            MAX_BODY,
            refusal -> {},
            exchange -> {});
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.config().setAllocator(allocator);
    channel
        .pipeline()
        .addLast(
            new RequestDecoder(options, MAX_BODY),
            new ConnectionGuard(connections, MAX_BODY, refusal -> {}));
    List<String> requests = new ArrayList<>();
    StringBuilder request = new StringBuilder();
    for (int from = 0; from < input.length; from += Math.max(1, step)) {
      int length = Math.min(Math.max(1, step), input.length - from);
      channel.writeInbound(allocator.heapBuffer(length).writeBytes(input, from, length));
      drain(channel, requests, request);
    }
    channel.finishAndReleaseAll();
    return requests;
  }

  private static void drain(EmbeddedChannel channel, List<String> requests, StringBuilder request) {
    for (Object message = channel.readInbound(); message != null; message = channel.readInbound()) {
      Check.that(
          requests.isEmpty() || !requests.get(requests.size() - 1).equals("refused"),
          "something follows a refusal");
      if (message instanceof HttpRequest head) {
        Check.that(request.isEmpty(), "a request within a request");
        if (head.decoderResult().isFailure()) {
          requests.add("refused");
        } else {
          List<String> fields =
              head.headers().entries().stream()
                  .map(field -> StrictReader.field(field.getKey(), field.getValue()))
                  .toList();
          request.append(StrictReader.describe(head.method().name(), head.uri(), fields, ""));
        }
      } else if (message instanceof HttpContent content) {
        ByteBuf bytes = content.content();
        Check.that(content.decoderResult().isSuccess(), "a broken body is handed on");
        request.append(bytes.toString(StandardCharsets.ISO_8859_1));
        content.release();
        if (content instanceof LastHttpContent) {
          Check.that(request.length() < 40_000, "too long");
          requests.add(request.toString());
          request.setLength(0);
        }
      }
    }
  }

  @Override
  public void end() {
    Check.that(
        allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory() == 0,
        "buffers were not released: " + allocator.metric());
  }
}
