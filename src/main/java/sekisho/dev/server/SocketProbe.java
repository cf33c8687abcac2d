package sekisho.dev.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks a server behind a Unix socket whether it is ready, with a deadline. Needs no driver and no
 * credentials.
 */
final class SocketProbe {

  /** The longest path that fits {@code sockaddr_un} on Linux, without its closing NUL. */
  static final int LONGEST_PATH = 107;

  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final byte[] REDIS_QUESTION =
      "INFO\r\nQUIT\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final Pattern REDIS_LOADING = Pattern.compile("(?m)^(async_)?loading:1");
  private static final Pattern REDIS_VERSION =
      Pattern.compile("(?m)^(valkey|redis)_version:(\\S+)");
  private static final int MYSQL_HEADER = 4;
  private static final int MYSQL_PROTOCOL = 10;

  private SocketProbe() {}

  /** Whether a Unix socket can have this path. */
  static boolean fits(Path socket) {
    return socket.toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST_PATH;
  }

  /** The version of a Redis that has loaded its data, else nothing. */
  static Optional<String> redisVersion(Path socket) {
    String answer = new String(ask(socket, REDIS_QUESTION), StandardCharsets.ISO_8859_1);
    Matcher version = REDIS_VERSION.matcher(answer);
    return version.find() && !REDIS_LOADING.matcher(answer).find()
        ? Optional.of(version.group(2))
        : Optional.empty();
  }

  /**
   * The version that a MariaDB or MySQL names in its first packet, which it sends once it serves,
   * else nothing.
   *
   * @see <a href="https://mariadb.com/kb/en/connection/#initial-handshake-packet">Initial handshake
   *     packet</a>
   */
  static Optional<String> mysqlVersion(Path socket) {
    byte[] packet = ask(socket, new byte[0]);
    if (packet.length <= MYSQL_HEADER || packet[MYSQL_HEADER] != MYSQL_PROTOCOL) {
      return Optional.empty();
    }
    int end = MYSQL_HEADER + 1;
    while (end < packet.length && packet[end] != 0) {
      end++;
    }
    String version =
        new String(packet, MYSQL_HEADER + 1, end - MYSQL_HEADER - 1, StandardCharsets.US_ASCII);
    return Optional.of(
        version.replaceFirst("^5\\.5\\.5-", "")); // MariaDB 10 says so to please old replicas
  }

  /**
   * Sends the question and gives back the answer: all until the server closes if there is a
   * question, else one piece.
   */
  private static byte[] ask(Path socket, byte[] question) {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        Selector selector = Selector.open()) {
      channel.write(ByteBuffer.wrap(question));
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ);
      ByteBuffer buffer = ByteBuffer.allocate(16 * 1024);
      while (selector.select(PATIENCE.toMillis()) > 0 && channel.read(buffer.clear()) >= 0) {
        answer.write(buffer.array(), 0, buffer.position());
        selector.selectedKeys().clear();
        if (question.length == 0) {
          break;
        }
      }
      return answer.toByteArray();
    } catch (IOException e) {
      return new byte[0]; // no socket, nobody behind it, or gone in between: not ready
    }
  }
}
