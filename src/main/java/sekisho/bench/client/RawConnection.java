package sekisho.bench.client;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.time.Duration;
import java.util.function.BiConsumer;
import sekisho.bench.load.Problem;
import sekisho.bench.load.Reason;
import sekisho.bench.load.Recorder;

/**
 * A connection of raw mode: ready-made bytes go out, and {@link AnswerReader} takes what comes
 * back, with nothing in between. It opens when it is first needed, and again after the server
 * closed it.
 */
public final class RawConnection implements ServerConnection {

  private final Bootstrap bootstrap;
  private final long timeoutNanos;
  private final Recorder recorder;
  private final AnswerReader reader = new AnswerReader();
  private Channel channel;
  private RawRequest request;
  private long due;
  private long sentAt;
  private boolean timedOut;
  private BiConsumer<AnswerReader, Problem> whenAnswered;

  /**
   * A connection.
   *
   * @param bootstrap opens channels to the service, on this event loop
   * @param timeout for one request
   */
  RawConnection(Bootstrap bootstrap, Duration timeout, Recorder recorder) {
    this.bootstrap = bootstrap;
    this.timeoutNanos = timeout.toNanos();
    this.recorder = recorder;
  }

  /**
   * Sends a request and reads the whole answer.
   *
   * @param next to be sent now; the one before has been answered
   * @param dueAt when it fell due, in {@code nanoTime}; it is timed from then
   * @param whenDone takes the answer, to be read at once, or else what was wrong; the other is null
   */
  public void send(RawRequest next, long dueAt, BiConsumer<AnswerReader, Problem> whenDone) {
    request = next;
    due = dueAt;
    whenAnswered = whenDone;
    timedOut = false;
    sentAt = System.nanoTime();
    reader.restart();
    if (channel == null) {
      connect();
    } else {
      write();
    }
  }

  @Override
  public void checkTimeout() {
    if (whenAnswered != null && channel != null && System.nanoTime() - sentAt > timeoutNanos) {
      timedOut = true;
      channel.close();
    }
  }

  @Override
  public void close() {
    if (channel != null) {
      channel.close();
    }
  }

  private void connect() {
    ChannelFuture opening = bootstrap.clone().handler(new Wire()).connect();
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
    byte[] bytes = request.bytes();
    channel.writeAndFlush(
        channel.alloc().directBuffer(bytes.length).writeBytes(bytes), channel.voidPromise());
  }

  private void answered(int left) {
    if (left > 0) {
      drop();
      fail(
          new Problem(
              Reason.MALFORMED, request + ": " + left + " bytes after the end of the answer"));
      return;
    }
    recorder.answered(request.kind(), due, System.nanoTime());
    if (reader.closes()) {
      drop();
    }
    BiConsumer<AnswerReader, Problem> done = whenAnswered;
    whenAnswered = null;
    done.accept(reader, null);
  }

  private void fail(Problem problem) {
    BiConsumer<AnswerReader, Problem> done = whenAnswered;
    whenAnswered = null;
    done.accept(null, problem);
  }

  /** Leaves the channel, so that the next request opens another. */
  private void drop() {
    Channel old = channel;
    channel = null;
    if (old != null) {
      old.close();
    }
  }

  private void closed(Throwable cause) {
    channel = null;
    if (whenAnswered == null) {
      return;
    }
    if (timedOut) {
      fail(
          new Problem(
              Reason.TIMEOUT,
              request + ": no answer within " + timeoutNanos / 1_000_000_000L + " s"));
    } else if (cause == null && reader.endsByClose()) {
      answered(0);
    } else {
      fail(
          new Problem(
              cause == null || cause instanceof IOException ? Reason.CUT_OFF : Reason.MALFORMED,
              request + ": " + (cause == null ? "connection was closed" : cause.getMessage())));
    }
  }

  /** One channel's end of the pipeline. */
  private final class Wire extends ChannelInboundHandlerAdapter {

    private Throwable cause;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf in = (ByteBuf) message;
      try {
        if (context.channel() == channel) {
          received(in);
        }
      } finally {
        in.release();
      }
    }

    private void received(ByteBuf in) {
      try {
        if (whenAnswered == null) {
          drop(); // an answer that nobody asked for
        } else if (reader.read(in)) {
          answered(in.readableBytes());
        }
      } catch (Problem problem) {
        drop();
        fail(new Problem(problem.reason(), request + ": " + problem.getMessage()));
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
      cause = error;
      context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      if (context.channel() == channel) {
        closed(cause);
      }
    }
  }
}
