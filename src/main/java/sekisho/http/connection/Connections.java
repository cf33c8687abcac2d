package sekisho.http.connection;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.RecvByteBufAllocator;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.HttpServerConnection;
import java.util.HashSet;
import java.util.Set;
import sekisho.metrics.ServiceMetrics;

/** The connections of one event loop, with the guard that each of them gets. Lives on that event loop. */
public final class Connections {

  /**
   * Bytes that are taken in at one time, and so the most that pipelined requests can make one connection hold: Vert.x
   * answers them one after the other, and reads no more while several wait.
   */
  private static final int MAX_READ = 16 * 1024;
  private static final RecvByteBufAllocator READS =
      new AdaptiveRecvByteBufAllocator(64, 2048, MAX_READ).maxMessagesPerRead(1);

  private final HttpServerOptions options;
  private final ConnectionLimits limits;
  private final int maxBody;
  private final ServiceMetrics metrics;
  private final Set<ConnectionGuard> guards = new HashSet<>();
  private int tick;

  /**
   * Makes the connections of an event loop.
   *
   * @param options limits of the request line and the headers
   * @param limits limits in time
   * @param maxBody the longest body of a request, in bytes
   * @param metrics counts refusals
   */
  public Connections(HttpServerOptions options, ConnectionLimits limits, int maxBody, ServiceMetrics metrics) {
    this.options = options;
    this.limits = limits;
    this.maxBody = maxBody;
    this.metrics = metrics;
  }

  /**
   * Puts a guard on a new connection, before anything is read from it. The decoder and the pipeline are not part of
   * Vert.x's public interface, which offers neither these checks nor these limits.
   *
   * @param connection a connection of HTTP/1
   */
  public void guard(HttpConnection connection) {
    ChannelHandlerContext last = ((HttpServerConnection) connection).channelHandlerContext();
    ConnectionGuard guard = new ConnectionGuard(this, maxBody, metrics);
    ChannelPipeline pipeline = last.pipeline();
    pipeline.replace("httpDecoder", "httpDecoder", new RequestDecoder(options, maxBody));
    pipeline.addBefore(last.name(), "guard", guard);
    pipeline.channel().config().setRecvByteBufAllocator(READS);
    guards.add(guard);
  }

  /** Is to be called about once a second: ends connections whose time is up. */
  public void tick() {
    tick++;
    for (ConnectionGuard guard : guards.toArray(ConnectionGuard[]::new)) {
      guard.check(tick, limits);
    }
  }

  int now() {
    return tick;
  }

  void remove(ConnectionGuard guard) {
    guards.remove(guard);
  }
}
