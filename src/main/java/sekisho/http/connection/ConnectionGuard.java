package sekisho.http.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sekisho.http.connection.OpenConnection.Activity;
import sekisho.http.request.BadRequestException;
import sekisho.http.request.RequestDecoder;
import sekisho.metrics.Refusal;

/**
 * The state machine of one connection, between the decoder and the endpoints: aggregates requests,
 * so that an endpoint gets whole requests only, and applies the time-outs. A wrong, too long or
 * late request is passed on as an invalid one, which is answered with an error page in its turn,
 * and is the last of its connection.
 *
 * <p>Time is the event loop's tick: on a request's way it costs a field's assignment, no clock and
 * no timer.
 */
final class ConnectionGuard extends ChannelDuplexHandler {

  /**
   * How long a client's bytes are discarded after the last answer, so that a reset does not
   * overtake it.
   */
  private static final Duration LINGER = Duration.ofSeconds(2);

  private static final Duration LINGER_AT_END = Duration.ofSeconds(1);

  /** ETIMEDOUT, as Netty gives it. */
  private static final int TIMED_OUT = -110;

  private final Connections connections;
  private final int maxBody;
  private final Consumer<Refusal> refusals;

  @SuppressWarnings("NullAway.Init") // there once it is in a pipeline
  private ChannelHandlerContext context;

  /** The request whose end is awaited. */
  private @Nullable HttpRequest held;

  /**
   * What there is of a body that comes in parts; copied, since the smallest part holds on to all
   * that was read with it.
   */
  private @Nullable ByteBuf body;

  private boolean continueSent;

  /** Whether bytes have come that do not make a request yet. */
  private boolean headBegun;

  private boolean decoded;

  /** Requests handed on and not answered, the oldest first, in which order they are answered. */
  private final Deque<Exchange> exchanges = new ArrayDeque<>(2);

  /** When the first byte of the request was read that is not whole yet; 0 before. */
  private long begun;

  /** The newest request that was handed on, until it is answered. */
  private @Nullable HttpRequest newest;

  /** Requests handed on and not answered. */
  private int unanswered;

  private boolean answered;

  /** Whether nothing more is taken: a request was refused, or the last answer was written. */
  private boolean refused;

  private boolean last;
  private @Nullable ChannelPromise lingering;

  /** The tick at which the present state began. */
  private int since;

  /** The tick since which something waits to be read by the client, or -1. */
  private int unreadSince = -1;

  ConnectionGuard(Connections connections, int maxBody, Consumer<Refusal> refusals) {
    this.connections = connections;
    this.maxBody = maxBody;
    this.refusals = refusals;
    this.since = connections.now();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    decoded = true;
    if (refused) {
      ReferenceCountUtil.release(message);
    } else if (message == LastHttpContent.EMPTY_LAST_CONTENT) {
      handOn((LastHttpContent) message);
    } else if (message instanceof HttpRequest request) {
      head(request);
    } else {
      content((HttpContent) message);
    }
  }

  private void head(HttpRequest request) {
    if (!headBegun) {
      since = connections.now();
      begun = System.nanoTime();
    }
    if (request.decoderResult().isFailure()) {
      refuse(request);
    } else {
      held = request;
    }
  }

  private void content(HttpContent content) {
    HttpRequest begun = Objects.requireNonNull(held, "no content without a head");
    if (content.decoderResult().isFailure()) {
      content.release();
      refuse(begun, content.decoderResult());
    } else if (content.content().readableBytes() + (body == null ? 0 : body.readableBytes())
        > maxBody) {
      content.release();
      refuse(begun, DecoderResult.failure(RequestDecoder.tooLong(maxBody)));
    } else if (content instanceof LastHttpContent last) {
      handOn(last);
    } else {
      body = (body == null ? Unpooled.buffer() : body).writeBytes(content.content());
      content.release();
    }
  }

  private void handOn(LastHttpContent last) {
    HttpRequest request = Objects.requireNonNull(held, "no end without a head");
    held = null;
    headBegun = false;
    continueSent = false;
    since = connections.now();
    unanswered++;
    newest = request;
    exchanges.add(new Exchange(request, begun));
    ByteBuf first = body;
    body = null;
    context.fireChannelRead(request);
    if (first != null) {
      context.fireChannelRead(new DefaultHttpContent(first));
    }
    context.fireChannelRead(last);
  }

  private void refuse(HttpRequest request, DecoderResult why) {
    request.setDecoderResult(why);
    refuse(request);
  }

  /** Hands an invalid request on, unless it is so because the client has gone. */
  private void refuse(HttpRequest request) {
    refused = true;
    held = null;
    body = null;
    unanswered++;
    exchanges.add(new Exchange(request, begun));
    since = connections.now();
    if (context.channel().isActive()) {
      context.fireChannelRead(request);
    } else {
      ReferenceCountUtil.release(request);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (!decoded && !headBegun && held == null) {
      headBegun = true;
      since = connections.now();
      begun = System.nanoTime();
    }
    decoded = false;
    sayContinue();
    ctx.fireChannelReadComplete();
  }

  /** 100 Continue is sent only when the head has passed, and after earlier answers. */
  private void sayContinue() {
    if (held != null && !continueSent && unanswered == 0) {
      continueSent = true;
      if (HttpUtil.is100ContinueExpected(held)) {
        context.writeAndFlush(
            new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
      }
    }
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (connections.isEnding() && message instanceof HttpResponse response) {
      announceEnd(response);
    }
    note(message);
    ctx.write(message, promise);
    if (message instanceof LastHttpContent) {
      connections.answered(exchanges.poll());
      unanswered--;
      answered = true;
      if (unanswered == 0) {
        newest = null;
      }
      if (last) {
        linger(ctx.newPromise());
      } else if (held != null) {
        sayContinue();
      } else if (!headBegun) {
        since = connections.now();
      }
    }
  }

  /** The request that is being answered; null for none. */
  @Nullable Exchange current() {
    return exchanges.peek();
  }

  private void note(Object message) {
    Exchange exchange = exchanges.peek();
    if (exchange != null) {
      if (message instanceof HttpResponse response) {
        exchange.answeredWith(response.status().code());
      }
      if (message instanceof HttpContent content) {
        exchange.sent(content.content().readableBytes());
      }
    }
  }

  /**
   * Says with the last answer that it is the last. A request that has begun to arrive behind it is
   * answered, too.
   */
  private void announceEnd(HttpResponse response) {
    if (unanswered == 1 && !decoded) {
      // Not while something is decoded that was read already.
      readWaiting();
    }
    boolean more =
        unanswered > 1
            || held != null
            || headBegun
            || context.pipeline().get(RequestDecoder.class).hasUndecoded();
    if (!refused && !more) {
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
      // Else Vert.x closes the connection itself.
      last = HttpUtil.isKeepAlive(newest);
    }
  }

  /** Ends a connection in two steps after its last answer, so that the client gets to read it. */
  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    boolean lingers = (refused || connections.isEnding()) && lingering == null;
    if (lingers && ctx.channel() instanceof DuplexChannel channel && channel.isActive()) {
      linger(promise);
    } else {
      ctx.close(promise);
    }
  }

  private void linger(ChannelPromise promise) {
    refused = true;
    lingering = promise;
    since = connections.now();
    context
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            (ChannelFutureListener)
                flushed -> {
                  since = connections.now();
                  ((DuplexChannel) context.channel()).shutdownOutput();
                });
  }

  /** Ends the connection of a service that ends, unless a request, or a part of one, is here. */
  void endIfIdle() {
    if (isIdle() && !readWaiting() && isIdle()) {
      linger(context.newPromise());
    }
  }

  private boolean isIdle() {
    return unanswered == 0 && held == null && !headBegun && !refused;
  }

  /** Reads what the event loop has not read yet; false if there is nothing. */
  private boolean readWaiting() {
    Channel channel = context.channel();
    if (!(channel instanceof UnixChannel unix) || !channel.isActive()) {
      return false;
    }
    ByteBuf bytes = channel.alloc().directBuffer(Connections.MAX_READ);
    int read;
    try {
      read = ((Socket) unix.fd()).recvAddress(bytes.memoryAddress(), 0, Connections.MAX_READ);
    } catch (IOException e) {
      // The event loop will meet it, too.
      read = 0;
    }
    if (read <= 0) {
      bytes.release();
      return false;
    }
    channel.pipeline().fireChannelRead(bytes.writerIndex(read));
    channel.pipeline().fireChannelReadComplete();
    return true;
  }

  /** What the connection is doing; from any thread, to which it may be old. */
  Activity activity() {
    if (lingering != null) {
      return Activity.CLOSING;
    }
    if (unreadSince >= 0) {
      return Activity.STALLED;
    }
    if (unanswered > 0 || refused) {
      return Activity.BUSY;
    }
    if (held != null || headBegun) {
      return Activity.PARTIAL;
    }
    return answered ? Activity.IDLE : Activity.UNUSED;
  }

  /** For how many ticks it has been doing that; from any thread. */
  int age() {
    int unread = unreadSince;
    return connections.now() - (unread >= 0 ? unread : since);
  }

  /**
   * Ends the connection because its place is needed. One with a part of a request is left to the
   * caller, who answers it.
   *
   * @return false if a request has arrived or is being answered
   */
  boolean giveWay() {
    switch (activity()) {
      case BUSY:
        return false;
      case PARTIAL:
        refused = true;
        held = null;
        body = null;
        break;
      case STALLED:
        if (!hasUnsent()) {
          return false;
        }
        cutOff();
        break;
      case CLOSING:
        context.close();
        break;
      default:
        if (hasUnsent() || readWaiting()) {
          return false;
        }
        context.close();
    }
    return true;
  }

  /** Ends a connection at once, with all that the system keeps of its answers. */
  private void cutOff() {
    refusals.accept(Refusal.SLOW_READER);
    context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
    context.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (lingering != null) {
      lingering.trySuccess();
    }
    connections.remove(this);
    ctx.fireChannelInactive();
  }

  /** The system gave up a client that did not read what was left for it. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof NativeIoException broken && broken.expectedErr() == TIMED_OUT) {
      refusals.accept(Refusal.SLOW_READER);
    }
    ctx.fireExceptionCaught(cause);
  }

  /** Applies the time-outs, once in each tick. */
  void check(int now, ConnectionLimits limits) {
    if (isUnreadTooLong(now, limits)) {
      cutOff();
    } else if (lingering != null) {
      if (unreadSince < 0
          && now - since >= Connections.ticks(connections.isEnding() ? LINGER_AT_END : LINGER)) {
        context.close();
      }
    } else if (held != null || headBegun && !refused) {
      checkRequest(now, limits);
    } else if (unanswered == 0 && now - since > Connections.ticks(limits.idle())) {
      context.close();
    }
  }

  private boolean isUnreadTooLong(int now, ConnectionLimits limits) {
    if (!hasUnsent()) {
      unreadSince = -1;
    } else if (unreadSince < 0) {
      unreadSince = now;
    }
    return unreadSince >= 0 && now - unreadSince > Connections.ticks(limits.answer());
  }

  private boolean hasUnsent() {
    ChannelOutboundBuffer unsent = context.channel().unsafe().outboundBuffer();
    return unsent != null && unsent.totalPendingWriteBytes() > 0;
  }

  private void checkRequest(int now, ConnectionLimits limits) {
    if (!context.channel().config().isAutoRead()) {
      // Nothing is read while earlier requests wait for their answers, which is not this one's
      // fault.
      since = now;
    } else if (now - since > Connections.ticks(limits.request())) {
      HttpRequest late =
          held != null ? held : new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
      refuse(
          late,
          DecoderResult.failure(
              new BadRequestException(408, "The request took too long to arrive.")));
    }
  }
}
