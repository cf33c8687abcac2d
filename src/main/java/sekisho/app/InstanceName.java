package sekisho.app;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.UUID;
import sekisho.net.HostPort;

/** What this instance is called among those that share the same stores. */
final class InstanceName {

  /** Asking the resolver may take seconds. */
  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  private InstanceName() {}

  /**
   * A name that no other instance has, and that this one has again after a restart.
   *
   * @param address that its public listener is bound to
   * @param port of that listener; with 0, which is any free one, the name is new at each start
   * @return such as {@code web1/127.0.0.1:8080}
   */
  static String of(String address, int port) {
    return host()
        + "/"
        + HostPort.text(address, port == 0 ? UUID.randomUUID().toString() : Integer.toString(port));
  }

  /**
   * The name of an instance that listens on a Unix socket alone.
   *
   * @param socket the path of its socket, absolute
   * @return such as {@code web1/unix:/run/sekisho/http.sock}, with the real path of the directory
   */
  static String of(Path socket) {
    Path directory = Objects.requireNonNull(socket.getParent(), "an absolute path");
    try {
      directory = directory.toRealPath();
    } catch (IOException e) {
      // There is none, which the listener tells.
    }
    return host() + "/unix:" + directory.resolve(socket.getFileName());
  }

  /**
   * The name of the instance with these listeners.
   *
   * @param http where it listens
   * @return a name by the address and the port, or by the Unix socket if there is no port
   */
  static String of(Settings.Http http) {
    return http.port().isPresent()
        ? of(http.host(), http.port().getAsInt())
        : of(http.socket().orElseThrow().path());
  }

  private static String host() {
    try {
      return Files.isReadable(HOST_NAME)
          ? Files.readString(HOST_NAME).strip()
          : InetAddress.getLocalHost().getHostName();
    } catch (IOException e) {
      return "localhost";
    }
  }
}
