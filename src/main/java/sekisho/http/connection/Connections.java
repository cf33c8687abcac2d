package sekisho.http.connection;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sekisho.http.request.RequestDecoder;
import sekisho.metrics.Refusal;

/**
 * The connections of one event loop, with the guard that each of them gets. Lives on that event
 * loop.
 */
public final class Connections {

  /**
   * Bytes that are taken in at one time, and so the most that pipelined requests can make one
   * connection hold: Vert.x answers them one after the other, and reads no more while several wait.
   */
  static final int MAX_READ = 16 * 1024;

  private static final RecvByteBufAllocator READS =
      new AdaptiveRecvByteBufAllocator(64, 2048, MAX_READ).maxMessagesPerRead(1);

  /**
   * The system doubles this, and keeps no more of the answers that a client does not read, whatever
   * it would find best. It is enough for several pages, and as much as is on the way to a distant
   * client within a tenth of a second at 2.5 Mbit/s.
   */
  private static final int SEND_BUFFER = 16 * 1024;

  /**
   * Of what the system does not take, so much is kept before no more requests of the connection are
   * handled.
   */
  private static final WriteBufferWaterMark UNSENT = new WriteBufferWaterMark(8 * 1024, 16 * 1024);

  /** The unit of time; see {@link #watch}. */
  static final int TICK_MILLIS = 250;

  /**
   * What an idle client is given to send one more request before its connection is closed as the
   * service ends.
   */
  private static final int LAST_REQUEST_MILLIS = 250;

  private static final int END_MILLIS = 20;

  private final HttpServerOptions options;
  private final ConnectionLimits limits;
  private final int maxBody;
  private final Consumer<Refusal> refusals;
  private final Consumer<Exchange> answers;
  private final Set<ConnectionGuard> guards = new HashSet<>();
  private int tick;
  private boolean ending;

  /**
   * @param maxBody the longest body of a request, in bytes
   * @param refusals gets each refusal
   * @param answers gets each request whose answer was handed to the system, on its event loop
   */
  public Connections(
      HttpServerOptions options,
      ConnectionLimits limits,
      int maxBody,
      Consumer<Refusal> refusals,
      Consumer<Exchange> answers) {
    this.options = options;
    this.limits = limits;
    this.maxBody = maxBody;
    this.refusals = refusals;
    this.answers = answers;
  }

  /**
   * Options that every listener has whose connections are guarded here.
   *
   * @param limits limits in time
   * @return new options
   */
  public static HttpServerOptions serverOptions(ConnectionLimits limits) {
    return new HttpServerOptions()
        // Else a connection that has not sent anything yet would hold up the end of the service.
        .setHttp2ClearTextEnabled(false)
        // There are no WebSockets here; Netty's handler for them costs CPU and ends connections
        // with long pipelines.
        .setPerFrameWebSocketCompressionSupported(false)
        .setPerMessageWebSocketCompressionSupported(false)
        .setTcpNoDelay(true)
        .setSendBufferSize(SEND_BUFFER)
        .setDecoderInitialBufferSize(256)
        .setMaxInitialLineLength(4096)
        .setMaxHeaderSize(8192)
        // What the kernel still has to deliver to a client that reads too slowly; later than it is
        // noticed here.
        .setTcpUserTimeout((int) limits.answer().plusSeconds(5).toMillis());
  }

  /**
   * Puts a guard on a new connection, before anything is read from it. The decoder and the pipeline
   * are not part of Vert.x's public interface, which offers neither these checks nor these limits.
   *
   * @param connection a connection of HTTP/1
   */
  public void guard(HttpConnection connection) {
    ChannelHandlerContext last = VertxConnections.lastHandler(connection);
    ConnectionGuard guard = new ConnectionGuard(this, maxBody, refusals);
    ChannelPipeline pipeline = last.pipeline();
    pipeline.replace("httpDecoder", "httpDecoder", new RequestDecoder(options, maxBody));
    pipeline.addBefore(last.name(), "guard", guard);
    pipeline.channel().config().setRecvByteBufAllocator(READS).setWriteBufferWaterMark(UNSENT);
    ConnectionLimiter.guarded(pipeline.channel(), guard);
    guards.add(guard);
  }

  /**
   * Ends connections whose time is up, from now on. Not periodic: after a pause of the machine,
   * ticks that come in a row would make clients late who are not.
   *
   * @param vertx of this event loop
   */
  public void watch(Vertx vertx) {
    vertx.setTimer(
        TICK_MILLIS,
        timer -> {
          try {
            tick++;
            for (ConnectionGuard guard : guards.toArray(ConnectionGuard[]::new)) {
              guard.check(tick, limits);
            }
          } finally {
            watch(vertx);
          }
        });
  }

  /**
   * From now on each answer is the last of its connection, but for those that others are waiting
   * behind already.
   */
  public void announceEnd() {
    ending = true;
  }

  /**
   * Ends all connections: those with a request when it has been answered, idle ones after a moment
   * in which one more may come.
   *
   * @param vertx of this event loop
   * @return completes when there are no connections any more
   */
  public Future<Void> end(Vertx vertx) {
    announceEnd();
    Promise<Void> ended = Promise.promise();
    if (guards.isEmpty()) {
      ended.complete();
    } else {
      vertx.setTimer(LAST_REQUEST_MILLIS, timer -> endIdle(vertx, ended));
    }
    return ended.future();
  }

  private void endIdle(Vertx vertx, Promise<Void> ended) {
    for (ConnectionGuard guard : guards.toArray(ConnectionGuard[]::new)) {
      guard.endIfIdle();
    }
    if (guards.isEmpty()) {
      ended.complete();
    } else {
      vertx.setTimer(END_MILLIS, timer -> endIdle(vertx, ended));
    }
  }

  boolean isEnding() {
    return ending;
  }

  /**
   * The request that an endpoint answers.
   *
   * @return null when the connection is gone
   */
  public static @Nullable Exchange exchange(HttpConnection connection) {
    ConnectionGuard guard =
        VertxConnections.channel(connection).pipeline().get(ConnectionGuard.class);
    return guard == null ? null : guard.current();
  }

  void answered(@Nullable Exchange exchange) {
    if (exchange != null) {
      answers.accept(exchange);
    }
  }

  /** A duration in ticks. */
  static long ticks(Duration duration) {
    return duration.toMillis() / TICK_MILLIS;
  }

  int now() {
    return tick;
  }

  void remove(ConnectionGuard guard) {
    guards.remove(guard);
  }
}
