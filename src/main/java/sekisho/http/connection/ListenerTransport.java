package sekisho.http.connection;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.vertx.core.impl.transports.EpollTransport;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.transport.Transport;
import java.net.SocketAddress;

/**
 * The native transport of Vert.x, with a {@link OverloadRejector} before each listener, and a
 * listener on a Unix socket that was opened before, since Vert.x offers no way to set the mode of
 * its file in time.
 */
public final class ListenerTransport extends EpollTransport {

  private final ConnectionLimiter slots;
  private volatile int unixSocket = -1;

  public ListenerTransport(ConnectionLimiter slots) {
    this.slots = slots;
  }

  /**
   * Hands over a Unix socket that listens; it belongs to the next server that listens on a Unix
   * socket.
   *
   * @param descriptor its file descriptor
   */
  public void serve(int descriptor) {
    unixSocket = descriptor;
  }

  /** This transport as Vert.x wants to be given it. */
  public Transport forVertx() {
    return new Transport() {

      @Override
      public String name() {
        return "epoll";
      }

      @Override
      public boolean available() {
        return isAvailable();
      }

      @Override
      public Throwable unavailabilityCause() {
        return ListenerTransport.this.unavailabilityCause();
      }

      @Override
      public io.vertx.core.spi.transport.Transport implementation() {
        return ListenerTransport.this;
      }
    };
  }

  @Override
  public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
    return domainSocket
        ? () -> new EpollServerDomainSocketChannel(unixSocket, true)
        : super.serverChannelFactory(false);
  }

  @Override
  public void configure(NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
    super.configure(options, domainSocket, bootstrap);
    bootstrap.handler(
        new ChannelInitializer<Channel>() {

          @Override
          protected void initChannel(Channel listener) {
            listener.pipeline().addLast(slots.rejector());
            if (domainSocket) {
              listener.pipeline().addLast(new Bound());
            }
          }
        });
  }

  /** Takes a listener that was bound before for one that is bound now. */
  private static final class Bound extends ChannelOutboundHandlerAdapter {

    @Override
    public void bind(ChannelHandlerContext context, SocketAddress address, ChannelPromise promise) {
      promise.setSuccess();
    }
  }
}
