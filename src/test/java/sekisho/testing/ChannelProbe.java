package sekisho.testing;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * One connection to an HTTP server over TCP or a Unix socket, for tests. Unlike {@link HttpProbe}
 * it throws what goes wrong as it is, and tells how much of an answer had come by then.
 */
public final class ChannelProbe implements AutoCloseable {

  private static final long TIMEOUT_MILLIS = 20_000;

  private final SocketChannel channel;
  private final ByteBuffer in = ByteBuffer.allocate(64 * 1024).flip();
  private long received;

  /** Connects. */
  public ChannelProbe(SocketAddress address) throws IOException {
    channel = SocketChannel.open(address);
    channel.configureBlocking(false);
  }

  /** The address of a port of 127.0.0.1. */
  public static SocketAddress tcp(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /** The address of a Unix socket. */
  public static SocketAddress unix(Path path) {
    return UnixDomainSocketAddress.of(path);
  }

  /** Sends one request on a connection of its own and reads the response to it. */
  public static HttpReply once(SocketAddress address, String request) {
    try (ChannelProbe probe = new ChannelProbe(address)) {
      probe.send(request);
      return probe.receive();
    } catch (IOException e) {
      throw new AssertionError(address + ": " + e, e);
    }
  }

  /** Sends text, each char as one byte. */
  public void send(String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    while (channel.write(bytes) >= 0 && bytes.hasRemaining()) {
      await(SelectionKey.OP_WRITE);
    }
  }

  /**
   * Reads a whole response to a request that was not HEAD.
   *
   * @throws EOFException when the server has closed the connection
   */
  public HttpReply receive() throws IOException {
    received = in.remaining();
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      head.write(next());
    }
    List<String> lines = List.of(head.toString(StandardCharsets.ISO_8859_1).split("\r\n"));
    HttpReply reply = new HttpReply(lines.get(0), lines.subList(1, lines.size()), new byte[0]);
    String length = reply.header("content-length");
    byte[] body = new byte[length == null ? 0 : Integer.parseInt(length)];
    for (int i = 0; i < body.length; i++) {
      body[i] = next();
    }
    return new HttpReply(reply.statusLine(), reply.headerLines(), body);
  }

  /** How many bytes of the newest response have come, whole or not. */
  public long received() {
    return received;
  }

  /** Waits until the server has closed the connection; false if it sends something or 20 s pass. */
  public boolean isClosedByServer() {
    try {
      next();
      return false;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  private byte next() throws IOException {
    while (!in.hasRemaining()) {
      int read = channel.read(in.clear());
      in.flip();
      if (read < 0) {
        throw new EOFException("the server closed the connection");
      }
      received += Math.max(0, read);
      if (read == 0) {
        await(SelectionKey.OP_READ);
      }
    }
    return in.get();
  }

  private void await(int operation) throws IOException {
    try (Selector selector = Selector.open()) {
      channel.register(selector, operation);
      if (selector.select(TIMEOUT_MILLIS) == 0) {
        throw new SocketTimeoutException("nothing within " + TIMEOUT_MILLIS + " ms");
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
