package sekisho.http.request;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMessageDecoderResult;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.HttpUtils;
import io.vertx.core.http.impl.VertxHttpRequestDecoder;
import io.vertx.core.http.impl.headers.HeadersMultiMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests and refuses every one that another reader, such as the proxy in front, could have
 * taken for something else (RFC 9112, sections 2.2, 3, 5, 6 and 11.2). Netty's decoder refuses much
 * of that itself. This class adds: white space in the request line other than two spaces, anything
 * but empty lines before it, versions other than 1.0 and 1.1, targets and hosts that are none
 * ({@link RequestUri}, {@link Authority}), folded, nameless and too many header lines, control
 * characters in values, a second line of a {@link SingleField}, a missing {@code Host}, a {@code
 * Content-Length} beside a {@code Transfer-Encoding}, any coding but {@code chunked}, chunk sizes
 * that are not plain digits, trailers that are folded or mean something ({@link ReservedFields}), a
 * {@code Connection} that names such fields, expectations that nobody can meet, the bodies without
 * a length of an abandoned draft of WebSockets, and bodies that say that they are too long.
 *
 * <p>A refused request is handed on with a failed {@link DecoderResult}, whose cause is a {@link
 * BadRequestException} when this class found the fault; nothing after it is to be believed.
 *
 * <p>Fields are noted while names are split, so that a request of which nothing is wrong costs a
 * few comparisons.
 */
public final class RequestDecoder extends VertxHttpRequestDecoder {

  /** As many as other servers take. */
  static final int MAX_HEADERS = 100;

  private static final int CRLF = 2;
  private static final String CONTINUE = "100-continue";

  private final int maxBody;

  /** The parts of the request line that was just split, until its spelling has been checked. */
  private String @Nullable [] requestLine;

  private int headers;

  /** The bits of the {@link SingleField}s that were met. */
  private int fields;

  private int connections;

  /** Whether the request line, and perhaps more of the present head, came with an earlier read. */
  private boolean fragmented;

  /** Whether an empty line before the request line has begun. */
  private boolean lineFeedIsDue;

  private @Nullable BadRequestException fault;

  /** Whether a request was invalid: where the next one would begin is anybody's guess then. */
  private boolean refused;

  private boolean inBody;
  private @Nullable ChunkFraming chunks;

  /** The last host that was valid: a connection nearly always names one. */
  private @Nullable String knownHost;

  /**
   * @param maxBody the longest body, in bytes
   */
  public RequestDecoder(HttpServerOptions options, int maxBody) {
    super(options);
    this.maxBody = maxBody;
  }

  @Override
  protected HttpMessage createMessage(String[] line) {
    headers = 0;
    fields = 0;
    connections = 0;
    HttpVersion version = HttpVersion.valueOf(line[2]);
    if (version != HttpVersion.HTTP_1_1 && version != HttpVersion.HTTP_1_0) {
      throw malformed("Only HTTP/1.1 and HTTP/1.0 are spoken here.");
    }
    requestLine = line;
    return new DefaultHttpRequest(
        version,
        HttpMethod.valueOf(line[0]),
        line[1],
        HeadersMultiMap.httpHeaders(RequestDecoder::checkHeader));
  }

  /** Netty and Vert.x let most control characters of values pass (RFC 9110, section 5.5). */
  private static void checkHeader(CharSequence name, CharSequence value) {
    HttpUtils.validateHeaderName(name);
    String text = value.toString();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' && c != '\t' || c == 0x7f) {
        throw malformed("A header line holds a control character.");
      }
    }
  }

  /** Is called once for each header and trailer line; what it throws makes the request invalid. */
  @Override
  protected AsciiString splitHeaderName(byte[] bytes, int start, int length) {
    if (++headers > MAX_HEADERS) {
      throw new BadRequestException(
          431, "The request has more than " + MAX_HEADERS + " header lines.");
    }
    if (length == 0) {
      throw malformed("A header line has no name.");
    }
    AsciiString name = name(bytes, start, length);
    if (inBody) {
      if (ReservedFields.isKeptFromTrailers(name.toString())) {
        throw malformed("A field stands in the trailer that belongs into the head.");
      }
      return name;
    }
    int field = SingleField.bit(name);
    if ((fields & field) != 0) {
      throw malformed("A header line stands there twice of which one counts.");
    }
    fields |= field;
    if ((field & SingleField.FRAMING) != 0
        && ((fields & SingleField.FRAMING) != field || field == SingleField.WEBSOCKET_KEY.bit())) {
      throw malformed("The request names its length more than once.");
    }
    if (length == 10
        && (bytes[start] | 0x20) == 'c'
        && HttpHeaderNames.CONNECTION.contentEqualsIgnoreCase(name)) {
      connections++;
    }
    return name;
  }

  /**
   * Vert.x knows the commonest names at a glance, but does not look at the ninth letter of these
   * two.
   */
  private AsciiString name(byte[] bytes, int start, int length) {
    boolean unknown =
        length == 12 && (bytes[start + 8] | 0x20) != 't'
            || length == 14 && (bytes[start + 8] | 0x20) != 'l';
    return unknown
        ? new AsciiString(bytes, start, length, true)
        : super.splitHeaderName(bytes, start, length);
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out)
      throws Exception {
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
    // As long as its request line, its headers, the empty line and their ends: then no line was
    // folded or skipped.
    int plain = sizes.initialLineLength() + sizes.headerSize() + CRLF * (headers + 2);
    if (fragmented || in.readerIndex() - from != plain) {
      checkLines(in, from);
    }
    checkUri(request);
    if (connections > 0) {
      checkConnection(request.headers());
    }
    if ((fields & SingleField.EXPECT.bit()) != 0) {
      checkExpectation(request.headers().get(HttpHeaderNames.EXPECT));
    }
    if ((fields & SingleField.TRANSFER_ENCODING.bit()) != 0) {
      checkCoding(request);
    } else if ((fields & SingleField.CONTENT_LENGTH.bit()) != 0
        && Long.parseLong(request.headers().get(HttpHeaderNames.CONTENT_LENGTH)) > maxBody) {
      fault = fault == null ? tooLong(maxBody) : fault;
    }
    if (fault != null) {
      request.setDecoderResult(DecoderResult.failure(fault));
    }
    fragmented = false;
  }

  /**
   * Netty skips any control characters before a request line; only empty lines may stand there,
   * perhaps in parts.
   */
  private void checkEmptyLines(ByteBuf in, int from) {
    if (skipEmptyLines(in, from) < in.readerIndex()) {
      fault("Something stands before the request line.");
    }
  }

  /** Returns where the empty lines end, in the midst of one if {@link #lineFeedIsDue}. */
  private int skipEmptyLines(ByteBuf in, int from) {
    int position = from;
    while (position < in.readerIndex() && in.getByte(position) == (lineFeedIsDue ? '\n' : '\r')) {
      lineFeedIsDue = !lineFeedIsDue;
      position++;
    }
    return position;
  }

  /** Netty takes several kinds of white space, and any amount of it. */
  private void checkRequestLine(ByteBuf in, int from) {
    String[] line = requestLine;
    if (line == null) {
      return;
    }
    requestLine = null;
    int start = skipEmptyLines(in, from);
    int target = start + line[0].length() + 1;
    int version = target + line[1].length() + 1;
    int end = version + line[2].length();
    if (lineFeedIsDue
        || end >= in.readerIndex()
        || in.getByte(target - 1) != ' '
        || in.getByte(version - 1) != ' '
        || in.getByte(end) != '\r') {
      fault("The request line is not three words with a space between.");
    }
  }

  /**
   * Looks at the first byte of each line that was consumed; a head that came whole and plain needs
   * no look.
   */
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

  private void checkUri(HttpRequest request) {
    String host = null;
    if ((fields & SingleField.HOST.bit()) != 0) {
      host = request.headers().get(HttpHeaderNames.HOST);
      if (!host.equals(knownHost) && !Authority.isValid(host)) {
        fault("The host is none.");
        return;
      }
      knownHost = host;
    } else if (request.protocolVersion() == HttpVersion.HTTP_1_1) {
      fault("The request names no host.");
      return;
    }
    String target = request.uri();
    String path = RequestUri.path(target, host);
    if (path == null) {
      fault("The target is not a path, not one of this host, or holds what has to be encoded.");
    } else if (!path.equals(target)) {
      request.setUri(path);
    }
  }

  /**
   * An intermediary may drop the fields that are named here (RFC 9110, section 7.6.1). Vert.x takes
   * no notice of {@code close} beside other words.
   */
  private void checkConnection(HttpHeaders all) {
    if (connections == 1 && isCommon(all.get(HttpHeaderNames.CONNECTION))) {
      return;
    }
    boolean close = false;
    for (String line : all.getAll(HttpHeaderNames.CONNECTION)) {
      for (String option : line.split(",", -1)) {
        String name = option.strip();
        close |= name.equalsIgnoreCase("close");
        if (ReservedFields.isKeptFromConnection(name)) {
          fault("Connection names a field that is not of the connection.");
        }
      }
    }
    if (close) {
      all.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
  }

  private static boolean isCommon(String options) {
    return options.equals("keep-alive") || options.equals("close");
  }

  private void checkExpectation(String expected) {
    if (!expected.equalsIgnoreCase(CONTINUE) && fault == null) {
      fault = new BadRequestException(417, "Only 100-continue can be expected here.");
    }
  }

  private void checkCoding(HttpRequest request) {
    boolean chunked =
        request.protocolVersion() == HttpVersion.HTTP_1_1
            && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(
                request.headers().get(HttpHeaderNames.TRANSFER_ENCODING));
    if (!chunked) {
      fault("The transfer coding has to be chunked, and the version 1.1.");
    }
    chunks = new ChunkFraming();
  }

  private void afterBody(ByteBuf in, int from, List<Object> out, int before) {
    boolean failed =
        out.size() > before && ((HttpContent) out.get(out.size() - 1)).decoderResult().isFailure();
    if (chunks != null && !failed && !chunks.accept(in, from, in.readerIndex())) {
      for (int i = out.size() - 1; i >= before; i--) {
        ReferenceCountUtil.release(out.remove(i));
      }
      HttpContent broken = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);
      broken.setDecoderResult(
          DecoderResult.failure(malformed("The body's chunks cannot be read.")));
      out.add(broken);
    }
    if (out.size() > before && out.get(out.size() - 1) instanceof LastHttpContent last) {
      refused = last.decoderResult().isFailure();
      inBody = false;
      chunks = null;
    }
  }

  /** Whether something was read that does not make a request yet, or was not looked at. */
  public boolean hasUndecoded() {
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
  public static BadRequestException tooLong(int maxBody) {
    return new BadRequestException(413, "The form is over " + maxBody + " bytes.");
  }
}
