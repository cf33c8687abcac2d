package sekisho.bench.client;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.time.Duration;
import sekisho.bench.load.Problem;
import sekisho.bench.load.Reason;
import sekisho.bench.load.Recorder;

/**
 * A connection with one request at a time on it, whose answers are kept whole. It opens when it is
 * first needed, and again after either side closed it. To be used on one event loop.
 *
 * <p>On Netty's own codec: a connection is opened for each visit, which Vert.x's client makes
 * several times dearer.
 */
public final class ClientConnection implements ServerConnection {

  private static final int LONGEST_ANSWER = 64 * 1024 * 1024;

  private final Bootstrap bootstrap;
  private final String host;
  private final long timeoutNanos;
  private final Recorder recorder;
  private Channel channel;
  private Request request;
  private Promise<Response> waiting;
  private boolean timedOut;
  private long sentAt;

  /**
   * @param bootstrap opens channels to the service, on this event loop
   * @param host what stands in the field {@code Host}
   * @param timeout for one request
   */
  ClientConnection(Bootstrap bootstrap, String host, Duration timeout, Recorder recorder) {
    this.bootstrap = bootstrap;
    this.host = host;
    this.timeoutNanos = timeout.toNanos();
    this.recorder = recorder;
  }

  /**
   * Sends a request and reads the whole answer, timed from now on, with the opening of a connection
   * where there is none.
   *
   * @return fails with a {@link Problem} only
   */
  public Future<Response> send(Request next) {
    long due = System.nanoTime();
    Promise<Response> answer = Promise.promise();
    request = next;
    waiting = answer;
    timedOut = false;
    sentAt = due;
    if (channel == null) {
      connect();
    } else {
      write();
    }
    return answer
        .future()
        .onSuccess(response -> recorder.answered(next.kind(), due, System.nanoTime()));
  }

  @Override
  public void checkTimeout() {
    if (waiting != null && channel != null && System.nanoTime() - sentAt > timeoutNanos) {
      timedOut = true;
      channel.close();
    }
  }

  @Override
  public void close() {
    Channel old = channel;
    if (old == null) {
      return;
    }
    if (waiting == null) {
      channel = null;
    }
    old.close();
  }

  private void connect() {
    ChannelFuture opening =
        bootstrap
            .clone()
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel made) {
                    made.pipeline()
                        .addLast(new HttpClientCodec())
                        .addLast(new HttpObjectAggregator(LONGEST_ANSWER))
                        .addLast(new Answers());
                  }
                })
            .connect();
    opening.addListener(
        opened -> {
          if (opened.isSuccess()) {
            channel = opening.channel();
            write();
          } else {
            fail(new Problem(Reason.CONNECT, String.valueOf(opened.cause().getMessage())));
          }
        });
  }

  private void write() {
    ByteBuf body =
        request.body() == null
            ? Unpooled.EMPTY_BUFFER
            : Unpooled.wrappedBuffer(request.body().getBytes());
    DefaultFullHttpRequest message =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1,
            io.netty.handler.codec.http.HttpMethod.valueOf(request.options().getMethod().name()),
            request.options().getURI(),
            body);
    message.headers().set(HttpHeaderNames.HOST, host);
    if (request.options().getHeaders() != null) {
      request.options().getHeaders().forEach((name, value) -> message.headers().add(name, value));
    }
    if (request.body() != null) {
      message.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
    }
    channel.writeAndFlush(message, channel.voidPromise());
  }

  private void answered(FullHttpResponse message) {
    Promise<Response> answer = waiting;
    waiting = null;
    if (!HttpUtil.isKeepAlive(message)) {
      Channel old = channel;
      channel = null;
      old.close();
    }
    MultiMap header = MultiMap.caseInsensitiveMultiMap();
    message.headers().forEach(line -> header.add(line.getKey(), line.getValue()));
    answer.complete(
        new Response(
            message.status().code(),
            header,
            Buffer.buffer(ByteBufUtil.getBytes(message.content()))));
  }

  private void fail(Problem problem) {
    Promise<Response> answer = waiting;
    waiting = null;
    answer.fail(problem);
  }

  private void closed(Throwable cause) {
    channel = null;
    if (waiting == null) {
      return;
    }
    if (timedOut) {
      fail(
          new Problem(
              Reason.TIMEOUT,
              request + ": no answer within " + timeoutNanos / 1_000_000_000L + " s"));
    } else {
      fail(
          new Problem(
              cause == null || cause instanceof IOException ? Reason.CUT_OFF : Reason.MALFORMED,
              request + ": " + (cause == null ? "connection was closed" : cause.getMessage())));
    }
  }

  /** One channel's end of the pipeline. */
  private final class Answers extends SimpleChannelInboundHandler<FullHttpResponse> {

    private Throwable cause;

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpResponse message) {
      if (context.channel() != channel) {
        return;
      }
      if (message.decoderResult().isFailure()) {
        cause = message.decoderResult().cause();
        context.close();
      } else if (waiting == null) {
        context.close(); // an answer that nobody asked for
      } else if (message.status().code() >= 200) {
        answered(message);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
      cause = error;
      context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
      super.channelInactive(context);
      if (context.channel() == channel) {
        closed(cause);
      }
    }
  }
}
