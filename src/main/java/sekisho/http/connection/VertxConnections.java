package sekisho.http.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.unix.DomainSocketChannel;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * The Netty channels of Vert.x's connections, which its public interface does not give: limits and
 * strict decoding are handlers in their pipelines.
 */
final class VertxConnections {

  private VertxConnections() {}

  /** The channel of an accepted connection. */
  static Channel channel(HttpConnection connection) {
    return ((ConnectionBase) connection).channel();
  }

  /** Vert.x's own handler, the last one in the pipeline of a server's connection. */
  static ChannelHandlerContext lastHandler(HttpConnection connection) {
    return ((HttpServerConnection) connection).channelHandlerContext();
  }

  /**
   * Whether a connection came over a Unix socket. Its addresses do not show that if it was accepted
   * at the end ({@link Backlog}).
   */
  static boolean isOverUnixSocket(HttpConnection connection) {
    return connection instanceof HttpServerConnection known
        && known.channelHandlerContext().channel() instanceof DomainSocketChannel;
  }
}
