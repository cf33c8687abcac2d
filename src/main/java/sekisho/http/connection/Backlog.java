package sekisho.http.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.Buffer;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections that the system has made for a listener and that were not accepted yet. It resets
 * them when the listener is closed, although their clients may have sent requests; so they are
 * accepted first. For that moment the system makes no new ones: it drops what asks for them, whose
 * clients ask again after a second and find the listener closed.
 */
final class Backlog {

  private static final Logger LOG = LoggerFactory.getLogger(Backlog.class);
  private static final int SOL_SOCKET = 1;
  private static final int SO_ATTACH_FILTER = 26;

  /** Where the flags are in the header of a TCP segment, and SYN among them. */
  private static final int TCP_FLAGS = 13;

  private static final int TCP_SYN = 2;

  private Backlog() {}

  /**
   * Accepts all that wait; to be called on the listener's thread just before the listener is
   * closed.
   *
   * @param listener a listener; without the native transport nothing is done
   * @param accepted takes each connection
   */
  static void take(Channel listener, Consumer<Channel> accepted) {
    boolean tcp = listener instanceof EpollServerSocketChannel;
    if (!tcp && !(listener instanceof EpollServerDomainSocketChannel)) {
      return;
    }
    Socket socket = (Socket) ((UnixChannel) listener).fd();
    try {
      if (tcp) {
        dropSyn(socket);
      }
      byte[] address = new byte[25];
      List<Integer> waiting = new ArrayList<>();
      for (int fd = socket.accept(address); fd >= 0; fd = socket.accept(address)) {
        waiting.add(fd);
      }
      // At once: a connection that is made between the last look and this is reset.
      socket.shutdown(true, false);
      waiting.forEach(
          fd ->
              accepted.accept(tcp ? new EpollSocketChannel(fd) : new EpollDomainSocketChannel(fd)));
    } catch (IOException e) {
      LOG.warn("not all waiting connections could be accepted: {}", e.getMessage());
    }
  }

  /**
   * Attaches a filter of four instructions (linux/filter.h): segments with SYN are dropped, others
   * pass. Where the system refuses it to an ordinary user, as it does when its memory for compiled
   * filters is used up, the backlog is made as short as can be.
   */
  private static void dropSyn(Socket socket) throws IOException {
    ByteBuffer filter = ByteBuffer.allocateDirect(4 * Long.BYTES).order(ByteOrder.nativeOrder());
    instruction(filter, 0x30, 0, 0, TCP_FLAGS); // load the byte there
    instruction(filter, 0x45, 0, 1, TCP_SYN); // if SYN is set, go on, else skip one
    instruction(filter, 0x06, 0, 0, 0); // drop
    instruction(filter, 0x06, 0, 0, -1); // pass
    ByteBuffer program = ByteBuffer.allocateDirect(2 * Long.BYTES).order(ByteOrder.nativeOrder());
    program.putShort(0, (short) 4).putLong(Long.BYTES, Buffer.memoryAddress(filter));
    try {
      socket.setRawOpt(SOL_SOCKET, SO_ATTACH_FILTER, program);
    } catch (IOException | ChannelException e) {
      LOG.debug("no filter: {}", e.getMessage());
      socket.listen(0);
    }
  }

  private static void instruction(
      ByteBuffer filter, int code, int ifTrue, int ifFalse, int operand) {
    filter.putShort((short) code).put((byte) ifTrue).put((byte) ifFalse).putInt(operand);
  }
}
