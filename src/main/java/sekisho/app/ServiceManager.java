package sekisho.app;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd, for a unit of {@code Type=notify}, that the service serves, and that it ends
 * (sd_notify(3)). It names a datagram socket, which Java alone cannot open.
 */
final class ServiceManager {

  private static final Logger LOG = LoggerFactory.getLogger(ServiceManager.class);
  private static final String VARIABLE = "NOTIFY_SOCKET";
  private static final int LIMIT_SECONDS = 5;

  private final Optional<String> socket;

  private ServiceManager(Optional<String> socket) {
    this.socket = socket;
  }

  /** The one that started this process, if it wants to be told. */
  static ServiceManager of(Map<String, String> environment) {
    return new ServiceManager(
        Optional.ofNullable(environment.get(VARIABLE)).filter(path -> !path.isEmpty()));
  }

  /** Tells that the service serves. */
  void ready(String status) {
    tell("READY=1\nSTATUS=" + status);
  }

  /** Tells that the service ends. */
  void stopping() {
    tell("STOPPING=1\nSTATUS=ending: requests in flight are finished");
  }

  private void tell(String state) {
    if (socket.isEmpty()) {
      return;
    }
    if (!Epoll.isAvailable()) {
      LOG.warn(
          "systemd is not told, as there is no native transport for this machine: set Type=exec");
      return;
    }
    String path = socket.get();
    // Of the abstract name space.
    DomainSocketAddress address =
        new DomainSocketAddress(path.startsWith("@") ? "\0" + path.substring(1) : path);
    MultiThreadIoEventLoopGroup loop =
        new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    try {
      Channel channel =
          new Bootstrap()
              .group(loop)
              .channel(EpollDomainDatagramChannel.class)
              .handler(new ChannelInboundHandlerAdapter())
              .connect(address)
              .sync()
              .channel();
      channel.writeAndFlush(Unpooled.copiedBuffer(state, StandardCharsets.UTF_8)).sync();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      // Netty throws checked exceptions undeclared.
      LOG.warn("systemd cannot be told over {}: {}", path, e.getMessage());
    } finally {
      loop.shutdownGracefully(0, LIMIT_SECONDS, TimeUnit.SECONDS);
    }
  }
}
