package sekisho.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A Redis process of a test's own on a port of 127.0.0.1: a server or a Sentinel. It keeps its
 * arguments, by which its directory finds and ends it.
 */
public final class RedisNode implements AutoCloseable {

  private static final int CLUSTER_BUS = 10_000;
  private static final int FIRST_PORT = 10_000;
  private static final int PORTS = 12_000;

  private final Path configuration;
  private final int port;
  private final List<String> options;
  private Process process;
  private RedisProbe probe;

  /**
   * Makes one; not started.
   *
   * @param directory of its own, new; below a {@link GuardedDirectory}, which ends it
   * @param configuration the text of its file, without port and directory
   * @param options such as {@code --sentinel}
   */
  public RedisNode(Path directory, String configuration, String... options) {
    this.port = freePort();
    this.options = List.of(options);
    try {
      Files.createDirectories(directory);
      this.configuration =
          Files.writeString(
              directory.resolve("redis.conf"),
              "bind 127.0.0.1\nset-proc-title no\nport "
                  + port
                  + "\ndir "
                  + directory
                  + "\n"
                  + configuration
                  + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts it, and waits until it answers. */
  public RedisNode start() {
    run();
    Until.isTrue("Redis answers on " + port, () -> answers(""));
    return this;
  }

  private void run() {
    try {
      process =
          new ProcessBuilder(
                  Stream.concat(
                          Stream.of(program().toString(), configuration.toString()),
                          options.stream())
                      .toList())
              .redirectErrorStream(true)
              .redirectInput(new File("/dev/null"))
              .redirectOutput(
                  ProcessBuilder.Redirect.appendTo(configuration.resolveSibling("log").toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same, where it wants a password. */
  public RedisNode startProtected() {
    run();
    Until.isTrue("Redis answers on " + port, () -> answers("NOAUTH"));
    return this;
  }

  private boolean answers(String error) {
    if (!process.isAlive()) {
      throw new IllegalStateException("Redis on " + port + " ended: see " + log());
    }
    try {
      send("PING");
      return true;
    } catch (IllegalStateException e) {
      return !error.isEmpty() && String.valueOf(e.getMessage()).contains(error);
    }
  }

  /** What it printed. */
  public String log() {
    try {
      return Files.readString(configuration.resolveSibling("log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends it with SIGKILL, unless it has ended. */
  public void kill() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether it runs. */
  public boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** Its process id. */
  public long pid() {
    return process.pid();
  }

  /** Its port. */
  public int port() {
    return port;
  }

  /** Host and port. */
  public String address() {
    return "127.0.0.1:" + port;
  }

  /** One command, and the text of its reply. */
  public String send(String command, String... arguments) {
    if (probe == null) {
      probe = new RedisProbe("redis://" + address());
    }
    return String.valueOf(probe.send(command, arguments));
  }

  /** Ends what asked it; the process is left to the directory. */
  @Override
  public void close() {
    if (probe != null) {
      probe.close();
    }
  }

  /** A port whose port for a Cluster is free too, and none that the system gives to clients. */
  private static int freePort() {
    while (true) {
      // Of the lower half, but as scattered as those of other suites.
      int found = FIRST_PORT + ServiceHome.freePort() % PORTS;
      if (isFree(found) && isFree(found + CLUSTER_BUS)) {
        return found;
      }
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port)) {
      return socket.getLocalPort() == port;
    } catch (IOException e) {
      return false;
    }
  }

  private static Path program() {
    return Stream.concat(
            TestServers.installedServers().stream()
                .flatMap(folder -> Stream.of("redis-server", "valkey-server").map(folder::resolve)),
            Stream.of(TestServers.bundledServers().resolve("redis/redis-server").toAbsolutePath()))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow();
  }
}
