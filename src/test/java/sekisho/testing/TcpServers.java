package sekisho.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A Redis and a MariaDB on TCP ports of the loopback interface, with TLS or without it, as others
 * run them: the local servers of the product have neither. Close it; nothing is left of it then.
 */
public final class TcpServers implements AutoCloseable {

  /** Who may do everything, in both servers; what the password holds has to be encoded in a URL. */
  public static final String USER = "sekisho";

  public static final String PASSWORD = "p@ss:w+rd/%?#&";
  public static final String ENCODED_PASSWORD = "p%40ss%3Aw%2Brd%2F%25%3F%23%26";

  /** May use MariaDB with TLS only. */
  public static final String CAREFUL_USER = "careful";

  private final TestServers pair;
  private final List<Process> processes = new ArrayList<>();
  private final int redisPort = ServiceHome.freePort();
  private final int mariaDbPort = ServiceHome.freePort();

  private TcpServers(TestServers pair) {
    this.pair = pair;
  }

  /**
   * Starts them.
   *
   * @param tls what they identify themselves by; null for servers without TLS
   */
  public static TcpServers start(TestAuthority tls) {
    TcpServers servers = new TcpServers(TestServers.start());
    try {
      servers.startRedis(tls);
      servers.startMariaDb(tls);
      return servers;
    } catch (IOException e) {
      servers.close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException | Error e) {
      servers.close();
      throw e;
    }
  }

  /** Whether this machine's Redis was built with TLS. */
  public static boolean redisSpeaksTls() {
    try (TestServers pair = TestServers.prepare(TestServers.installedServers())) {
      pair.servers().redis().start();
      String program = command(pair.servers().redis().pid().orElseThrow()).get(0);
      // Only a Redis that knows the setting gets as far as missing the file.
      Process process =
          new ProcessBuilder(
                  program, "--port", "0", "--tls-port", "1", "--tls-cert-file", "/nonexistent")
              .redirectErrorStream(true)
              .start();
      String printed = new String(process.getInputStream().readAllBytes());
      return !printed.contains("Bad directive");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The port of Redis. */
  public int redisPort() {
    return redisPort;
  }

  /** The port of MariaDB. */
  public int mariaDbPort() {
    return mariaDbPort;
  }

  @Override
  public void close() {
    processes.forEach(Process::destroyForcibly);
    pair.close();
  }

  private void startRedis(TestAuthority tls) throws IOException {
    List<String> command = command(pair.servers().redis().pid().orElseThrow());
    // Everybody may ask for little without a password: whoever has one must not be taken for
    // everybody.
    String listening =
        tls == null
            ? "port " + redisPort + "\n"
            : "port 0\ntls-port "
                + redisPort
                + "\ntls-cert-file "
                + tls.certificate()
                + "\ntls-key-file "
                + tls.key()
                + "\ntls-ca-cert-file "
                + tls.authority()
                + "\ntls-auth-clients no\n";
    Path configuration =
        Files.writeString(
            pair.directory().resolve("tcp-redis.conf"),
            "bind 127.0.0.1\n"
                + listening
                + "appendonly yes\ndir "
                + Files.createDirectory(pair.directory().resolve("tcp-redis"))
                + "\n"
                + "user default on nopass -@all +ping +info\n"
                + "user "
                + USER
                + " on >"
                + PASSWORD
                + " ~* &* +@all\n");
    startProcess(List.of(command.get(0), configuration.toString()), redisPort);
  }

  private void startMariaDb(TestAuthority tls) throws IOException {
    List<String> command = command(pair.servers().mariaDb().pid().orElseThrow());
    pair.servers().mariaDb().stop();
    Path directory = pair.directory().resolve("mariadb");
    Path users =
        Files.writeString(
            directory.resolve("tcp.sql"),
            Stream.of(USER, CAREFUL_USER)
                .map(
                    user ->
                        "CREATE USER '"
                            + user
                            + "'@'127.0.0.1' IDENTIFIED VIA mysql_native_password USING PASSWORD('"
                            + PASSWORD
                            + "')"
                            + (user.equals(CAREFUL_USER) ? " REQUIRE SSL" : "")
                            + ";\nGRANT ALL ON `sekisho%`.* TO '"
                            + user
                            + "'@'127.0.0.1';\n")
                .reduce("", String::concat));
    String configuration =
        Files.readString(directory.resolve("my.cnf"))
            .replace("skip-networking", "bind-address=127.0.0.1\nport=" + mariaDbPort)
            .replaceFirst("init-file=.*", "init-file=" + users)
            .replace(
                "loose-skip-ssl",
                tls == null
                    ? "loose-skip-ssl"
                    : "ssl-cert="
                        + tls.certificate()
                        + "\nssl-key="
                        + tls.key()
                        + "\nssl-ca="
                        + tls.authority());
    Path file = Files.writeString(directory.resolve("tcp.cnf"), configuration);
    command.replaceAll(
        argument -> argument.startsWith("--defaults-file=") ? "--defaults-file=" + file : argument);
    startProcess(command, mariaDbPort);
  }

  private void startProcess(List<String> command, int port) throws IOException {
    File log = pair.directory().resolve("tcp-" + port + ".log").toFile();
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log)
            .redirectInput(new File("/dev/null"))
            .start();
    processes.add(process);
    Until.isTrue(
        "listens on " + port,
        Duration.ofSeconds(60),
        () -> {
          if (!process.isAlive()) {
            throw new IllegalStateException(command + " ended:\n" + read(log));
          }
          return listens(port);
        });
  }

  /** Program and arguments as they were given: the program may be a link that goes by its name. */
  private static List<String> command(long pid) throws IOException {
    return new ArrayList<>(
        List.of(Files.readString(Path.of("/proc/" + pid + "/cmdline")).split("\0")));
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static String read(File file) {
    try {
      return Files.readString(file.toPath());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
