package sekisho.http.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMessageDecoderResult;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.VertxHttpRequestDecoder;
import java.util.List;
import sekisho.http.BadRequestException;

/**
 * Reads requests and refuses every one that another reader, such as the proxy in front, could have taken for something
 * else (RFC 9112, sections 2.2, 3, 5, 6 and 11.2). Netty's decoder refuses much of that itself. This class adds: white
 * space in the request line other than two spaces, anything but empty lines before it, versions other than 1.0 and 1.1,
 * folded, nameless and too many header lines, a missing or second {@code Host}, a second {@code Content-Length}, a
 * {@code Content-Length} beside a {@code Transfer-Encoding}, any coding but {@code chunked}, chunk sizes that are not
 * plain digits, the bodies without a length of an abandoned draft of WebSockets, and bodies that say that they are too long.
 *
 * <p>A refused request is handed on with a failed {@link DecoderResult}, whose cause is a {@link BadRequestException} when
 * this class found the fault; nothing after it is to be believed.
 *
 * <p>Counting is done while names are split, so that a request of which nothing is wrong costs a few comparisons.
 */
final class RequestDecoder extends VertxHttpRequestDecoder {

  /** As many as other servers take. */
  static final int MAX_HEADERS = 100;
  private static final int CRLF = 2;
  private static final AsciiString WEBSOCKET_KEY_1 = AsciiString.cached("Sec-WebSocket-Key1");

  private final int maxBody;
  /** The parts of the request line that was just split, until its spelling has been checked. */
  private String[] requestLine;
  private int headers;
  private int hosts;
  private int lengths;
  private int codings;
  /** Whether the request line, and perhaps more of the present head, came with an earlier read. */
  private boolean fragmented;
  private BadRequestException fault;
  /** Whether a request was invalid: where the next one would begin is anybody's guess then. */
  private boolean refused;
  private boolean inBody;
  private ChunkFraming chunks;

  /**
   * @param options the limits for the request line and the headers
   * @param maxBody the longest body, in bytes
   */
  RequestDecoder(HttpServerOptions options, int maxBody) {
    super(options);
    this.maxBody = maxBody;
  }

  @Override
  protected HttpMessage createMessage(String[] line) {
    headers = 0;
    hosts = 0;
    lengths = 0;
    codings = 0;
    HttpMessage message = super.createMessage(line);
    HttpVersion version = message.protocolVersion();
    if (version != HttpVersion.HTTP_1_1 && version != HttpVersion.HTTP_1_0) {
      throw malformed("Only HTTP/1.1 and HTTP/1.0 are spoken here.");
    }
    requestLine = line;
    return message;
  }

  /** Is called once for each header and trailer line; what it throws makes the request invalid. */
  @Override
  protected AsciiString splitHeaderName(byte[] bytes, int start, int length) {
    if (++headers > MAX_HEADERS) {
      throw new BadRequestException(431, "The request has more than " + MAX_HEADERS + " header lines.");
    }
    AsciiString name = length == 0 ? AsciiString.EMPTY_STRING : super.splitHeaderName(bytes, start, length);
    switch (length) {
      case 0 -> throw malformed("A header line has no name.");
      case 4 -> hosts += is(name, HttpHeaderNames.HOST);
      case 14 -> lengths += is(name, HttpHeaderNames.CONTENT_LENGTH);
      case 17 -> codings += is(name, HttpHeaderNames.TRANSFER_ENCODING);
      case 18 -> lengths += 2 * is(name, WEBSOCKET_KEY_1);
      default -> {
        return name;
      }
    }
    if (hosts > 1 || lengths + codings > 1) {
      throw malformed("The request names its host or its length more than once.");
    }
    return name;
  }

  private static int is(AsciiString name, AsciiString other) {
    return name.contentEqualsIgnoreCase(other) ? 1 : 0;
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Exception {
    if (refused) {
      in.skipBytes(in.readableBytes());
      return;
    }
    int from = in.readerIndex();
    int before = out.size();
    super.decode(context, in, out);
    Object decoded = out.size() > before ? out.get(before) : null;
    if (inBody) {
      afterBody(in, from, out, before);
    } else if (decoded == null) {
      afterPartOfHead(in, from);
    } else {
      HttpRequest request = (HttpRequest) decoded;
      if (request.decoderResult().isSuccess()) {
        afterHead(request, in, from);
      }
      refused = request.decoderResult().isFailure();
      inBody = out.size() == before + 1;
    }
  }

  private void afterPartOfHead(ByteBuf in, int from) {
    if (requestLine == null && !fragmented) {
      checkEmptyLines(in, from);
    } else {
      checkRequestLine(in, from);
      checkLines(in, from);
      fragmented = true;
    }
  }

  private void afterHead(HttpRequest request, ByteBuf in, int from) {
    checkRequestLine(in, from);
    HttpMessageDecoderResult sizes = (HttpMessageDecoderResult) request.decoderResult();
    // As long as its request line, its headers, the empty line and their ends: then no line was folded or skipped.
    int plain = sizes.initialLineLength() + sizes.headerSize() + CRLF * (headers + 2);
    if (fragmented || in.readerIndex() - from != plain) {
      checkLines(in, from);
    }
    if (hosts == 0 && request.protocolVersion() == HttpVersion.HTTP_1_1) {
      fault("The request names no host.");
    }
    if (codings > 0) {
      checkCoding(request);
    } else if (lengths > 0 && Long.parseLong(request.headers().get(HttpHeaderNames.CONTENT_LENGTH)) > maxBody) {
      fault = fault == null ? tooLong(maxBody) : fault;
    }
    if (fault != null) {
      request.setDecoderResult(DecoderResult.failure(fault));
    }
    fragmented = false;
  }

  /** Netty skips any control characters before a request line. */
  private void checkEmptyLines(ByteBuf in, int from) {
    for (int i = from; i < in.readerIndex(); i++) {
      if (in.getByte(i) != '\r' && in.getByte(i) != '\n') {
        fault("Something stands before the request line.");
      }
    }
  }

  /** Netty takes several kinds of white space, and any amount of it. */
  private void checkRequestLine(ByteBuf in, int from) {
    String[] line = requestLine;
    if (line == null) {
      return;
    }
    requestLine = null;
    int start = from;
    while (in.getByte(start) == '\r' || in.getByte(start) == '\n') {
      start++;
    }
    int target = start + line[0].length() + 1;
    int version = target + line[1].length() + 1;
    int end = version + line[2].length();
    if (end >= in.readerIndex() || in.getByte(target - 1) != ' ' || in.getByte(version - 1) != ' ' || in.getByte(end) != '\r') {
      fault("The request line is not three words with a space between.");
    }
  }

  /** Looks at the first byte of each line that was consumed; a head that came whole and plain needs no look. */
  private void checkLines(ByteBuf in, int from) {
    int line = from;
    while (line < in.readerIndex()) {
      byte first = in.getByte(line);
      if (first <= ' ' && first != '\r' && first != '\n') {
        fault("A line begins with white space.");
        return;
      }
      int end = in.indexOf(line, in.readerIndex(), (byte) '\n');
      line = end < 0 ? in.readerIndex() : end + 1;
    }
  }

  private void checkCoding(HttpRequest request) {
    boolean chunked = request.protocolVersion() == HttpVersion.HTTP_1_1
        && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(request.headers().get(HttpHeaderNames.TRANSFER_ENCODING));
    if (!chunked) {
      fault("The transfer coding has to be chunked, and the version 1.1.");
    }
    chunks = new ChunkFraming();
  }

  private void afterBody(ByteBuf in, int from, List<Object> out, int before) {
    if (chunks != null && !chunks.accept(in, from, in.readerIndex())) {
      for (int i = out.size() - 1; i >= before; i--) {
        ReferenceCountUtil.release(out.remove(i));
      }
      HttpContent broken = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);
      broken.setDecoderResult(DecoderResult.failure(malformed("The body's chunks cannot be read.")));
      out.add(broken);
    }
    if (out.size() > before && out.get(out.size() - 1) instanceof LastHttpContent last) {
      refused = last.decoderResult().isFailure();
      inBody = false;
      chunks = null;
    }
  }

  /** Whether something was read that does not make a request yet, or was not looked at. */
  boolean hasUndecoded() {
    return actualReadableBytes() > 0;
  }

  private void fault(String message) {
    if (fault == null) {
      fault = malformed(message);
    }
  }

  private static BadRequestException malformed(String message) {
    return new BadRequestException(400, message);
  }

  /** What a body of over {@code maxBody} bytes is answered with. */
  static BadRequestException tooLong(int maxBody) {
    return new BadRequestException(413, "The form is over " + maxBody + " bytes.");
  }
}
