package sekisho.http.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import sekisho.http.BadRequestException;
import sekisho.metrics.Refusal;
import sekisho.metrics.ServiceMetrics;

/**
 * Stands between the decoder and the endpoints of one connection. It holds a request back until all of it is here, so that
 * an endpoint meets whole requests only; what is wrong, too long or too late is handed on as an invalid request, which is
 * answered with an error page in its turn, and is the last of its connection.
 *
 * <p>Time is the event loop's tick in seconds: on a request's way it costs a field's assignment, no clock and no timer.
 */
final class ConnectionGuard extends ChannelDuplexHandler {

  /** How long a refused client's bytes are thrown away, so that a reset does not overtake the answer. */
  private static final int LINGER_SECONDS = 2;

  private final Connections connections;
  private final int maxBody;
  private final ServiceMetrics metrics;
  private ChannelHandlerContext context;

  /** The request whose end is awaited. */
  private HttpRequest held;
  /** What there is of a body that comes in parts; copied, since the smallest part holds on to all that was read with it. */
  private ByteBuf body;
  private boolean continueSent;
  /** Whether bytes have come that do not make a request yet. */
  private boolean headBegun;
  private boolean decoded;
  /** Requests handed on and not answered. */
  private int unanswered;
  private boolean refused;
  /** Told when the service ends, which has to wait for a request that has begun to arrive. */
  private Object postponed;
  private ChannelPromise lingering;
  /** The tick at which the present state began. */
  private int since;
  /** The tick since which something waits to be read by the client, or -1. */
  private int unreadSince = -1;

  ConnectionGuard(Connections connections, int maxBody, ServiceMetrics metrics) {
    this.connections = connections;
    this.maxBody = maxBody;
    this.metrics = metrics;
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
    }
    if (request.decoderResult().isFailure()) {
      refuse(request);
    } else {
      held = request;
    }
  }

  private void content(HttpContent content) {
    if (content.decoderResult().isFailure()) {
      content.release();
      refuse(held, content.decoderResult());
    } else if (content.content().readableBytes() + (body == null ? 0 : body.readableBytes()) > maxBody) {
      content.release();
      refuse(held, DecoderResult.failure(RequestDecoder.tooLong(maxBody)));
    } else if (content instanceof LastHttpContent last) {
      handOn(last);
    } else {
      body = (body == null ? Unpooled.buffer() : body).writeBytes(content.content());
      content.release();
    }
  }

  private void handOn(LastHttpContent last) {
    HttpRequest request = held;
    held = null;
    headBegun = false;
    continueSent = false;
    since = connections.now();
    unanswered++;
    ByteBuf first = body;
    body = null;
    context.fireChannelRead(request);
    if (first != null) {
      context.fireChannelRead(new DefaultHttpContent(first));
    }
    context.fireChannelRead(last);
    tellPostponed();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (held != null) {
      postponed = event;
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  private void tellPostponed() {
    if (postponed != null) {
      context.fireUserEventTriggered(postponed);
      postponed = null;
    }
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
    since = connections.now();
    if (context.channel().isActive()) {
      context.fireChannelRead(request);
      tellPostponed();
    } else {
      ReferenceCountUtil.release(request);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (!decoded && !headBegun && held == null) {
      headBegun = true;
      since = connections.now();
    }
    decoded = false;
    sayContinue();
    ctx.fireChannelReadComplete();
  }

  /** A client that asks whether to send its body is told so only when the head has passed, and after earlier answers. */
  private void sayContinue() {
    if (held != null && !continueSent && unanswered == 0) {
      continueSent = true;
      if (HttpUtil.is100ContinueExpected(held)) {
        context.writeAndFlush(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
      }
    }
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    ctx.write(message, promise);
    if (message instanceof LastHttpContent) {
      unanswered--;
      if (held != null) {
        sayContinue();
      } else if (!headBegun) {
        since = connections.now();
      }
    }
  }

  /** Ends a connection that a request was refused on in two steps, so that the client gets to read why. */
  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    if (!refused || lingering != null || !(ctx.channel() instanceof DuplexChannel channel) || !channel.isActive()) {
      ctx.close(promise);
      return;
    }
    lingering = promise;
    since = connections.now();
    ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((ChannelFutureListener) flushed -> channel.shutdownOutput());
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (lingering != null) {
      lingering.trySuccess();
    }
    connections.remove(this);
    ctx.fireChannelInactive();
  }

  /** Looks after the connection, once in each tick. */
  void check(int now, ConnectionLimits limits) {
    if (lingering != null) {
      if (now - since >= LINGER_SECONDS) {
        context.close();
      }
    } else if (isUnreadTooLong(now, limits)) {
      metrics.refused(Refusal.SLOW_READER);
      context.close();
    } else if (held != null || headBegun && !refused) {
      checkRequest(now, limits);
    } else if (unanswered == 0 && now - since > limits.idle().toSeconds()) {
      context.close();
    }
  }

  private boolean isUnreadTooLong(int now, ConnectionLimits limits) {
    Channel channel = context.channel();
    if (channel.unsafe().outboundBuffer() == null || channel.unsafe().outboundBuffer().totalPendingWriteBytes() == 0) {
      unreadSince = -1;
    } else if (unreadSince < 0) {
      unreadSince = now;
    }
    return unreadSince >= 0 && now - unreadSince > limits.answer().toSeconds();
  }

  private void checkRequest(int now, ConnectionLimits limits) {
    if (!context.channel().config().isAutoRead()) {
      // Nothing is read while earlier requests wait for their answers, which is not this one's fault.
      since = now;
    } else if (now - since > limits.request().toSeconds()) {
      HttpRequest late = held != null ? held : new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
      refuse(late, DecoderResult.failure(new BadRequestException(408, "The request took too long to arrive.")));
    }
  }
}
