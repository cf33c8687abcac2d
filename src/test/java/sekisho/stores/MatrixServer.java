package sekisho.stores;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import sekisho.testing.ServiceHome;
import sekisho.testing.SqlProbe;
import sekisho.testing.TestAuthority;
import sekisho.testing.TestServers;
import sekisho.testing.Until;

/**
 * A MariaDB that is started again and again with other options, on one data directory, a Unix
 * socket and a TCP port of the loopback interface. Close it; nothing is left of it then.
 */
final class MatrixServer implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String PASSWORD = "of_a_test";

  private final TestServers servers;
  private final Path directory;
  private final List<String> command;
  private final TestAuthority authority;
  private final int port = ServiceHome.freePort();
  private String version;
  private Process process;

  private MatrixServer(TestServers servers) throws IOException {
    this.servers = servers;
    this.directory = Files.createDirectory(servers.directory().resolve("matrix"));
    Files.createDirectory(directory.resolve("tmp"));
    this.authority = TestAuthority.in(Files.createDirectory(directory.resolve("tls")));
    // The local server of the product makes the data directory, and knows where the program's files
    // are.
    servers.servers().mariaDb().start();
    long pid = servers.servers().mariaDb().pid().orElseThrow();
    this.command =
        new ArrayList<>(
            List.of(Files.readString(Path.of("/proc/" + pid + "/cmdline")).split("\0")));
    servers.servers().mariaDb().stop();
    command.removeIf(argument -> argument.startsWith("--pid-file="));
    command.replaceAll(
        argument ->
            argument.startsWith("--defaults-file=")
                ? "--defaults-file=" + file("my.cnf")
                : argument);
  }

  /**
   * Makes the data directory and the accounts.
   *
   * @param origin where the program comes from
   */
  static MatrixServer prepare(Origin origin) {
    TestServers servers = TestServers.prepare(origin.searchPath());
    try {
      MatrixServer server = new MatrixServer(servers);
      server.createAccounts();
      return server;
    } catch (IOException e) {
      servers.close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException | Error e) {
      servers.close();
      throw e;
    }
  }

  /** Starts the server and waits until it serves. */
  void start(ServerConfiguration configuration) {
    List<String> options = new ArrayList<>(configuration.options());
    if (configuration.speaksTls()) {
      options.addAll(
          List.of(
              "ssl-cert=" + authority.certificate(),
              "ssl-key=" + authority.key(),
              "ssl-ca=" + authority.authority()));
    } else {
      options.add("loose-skip-ssl"); // making a key pair takes long
    }
    start(options, configuration.environment());
  }

  /** Ends the server and waits until it has ended. */
  void stop() {
    process.destroy();
    try {
      if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("MariaDB does not end: " + log());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The version, such as {@code 11.4.5}. */
  String version() {
    return version;
  }

  /**
   * A session of somebody who may do everything, with whatever the server's configuration gives it;
   * close it.
   */
  SqlProbe administrator(String database) {
    return new SqlProbe(url("administrator", PASSWORD, database));
  }

  /**
   * The URL for the service, whose account may do everything in databases whose names begin with
   * {@code matrix}.
   */
  String url(String database, FlushPath path, String parameter) {
    String more = parameter.isEmpty() ? "" : "&" + parameter;
    return path == FlushPath.FILE
        ? url("service", PASSWORD, database) + more
        : "mysql://service:"
            + PASSWORD
            + "@127.0.0.1:"
            + port
            + "/"
            + database
            + more.replaceFirst("&", "?");
  }

  /** The URL of an account of {@code localhost}, over the socket. */
  String url(String account, String password, String database) {
    return "mysql://"
        + account
        + ":"
        + password
        + "@localhost/"
        + database
        + "?socket="
        + encoded(file("sock"));
  }

  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly();
    }
    servers.close();
  }

  private void createAccounts() throws IOException {
    Path accounts =
        Files.writeString(
            file("accounts.sql"),
            """
        CREATE USER administrator@localhost IDENTIFIED BY '%1$s';
        GRANT ALL ON *.* TO administrator@localhost WITH GRANT OPTION;
        CREATE USER service@localhost IDENTIFIED BY '%1$s';
        CREATE USER service@127.0.0.1 IDENTIFIED BY '%1$s';
        GRANT ALL ON `matrix%%`.* TO service@localhost;
        GRANT ALL ON `matrix%%`.* TO service@127.0.0.1;
        """
                .formatted(PASSWORD));
    start(List.of("loose-skip-ssl", "init-file=" + accounts), Map.of());
    try (SqlProbe sql = administrator("mysql")) {
      version = sql.query("SELECT VERSION()").get(0).replaceFirst("-.*", "");
    }
    stop();
  }

  private void start(List<String> options, Map<String, String> environment) {
    try {
      Files.writeString(
          file("my.cnf"),
          """
          [mysqld]
          datadir=%s
          socket=%s
          tmpdir=%s
          pid-file=%s
          bind-address=127.0.0.1
          port=%d
          # Quick starts and stops.
          performance_schema=OFF
          innodb_log_file_size=8M
          innodb_buffer_pool_size=32M
          innodb_flush_log_at_trx_commit=2
          innodb_buffer_pool_dump_at_shutdown=OFF
          innodb_buffer_pool_load_at_startup=OFF
          %s
          """
              .formatted(
                  servers.directory().resolve("mariadb/data"),
                  file("sock"),
                  file("tmp"),
                  file("pid"),
                  port,
                  String.join("\n", options)));
      Files.deleteIfExists(file("log"));
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(file("log").toFile())
              .redirectInput(new File("/dev/null"));
      builder.environment().putAll(environment);
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Until.isTrue(
        "MariaDB serves",
        LIMIT,
        () -> {
          if (!process.isAlive()) {
            throw new IllegalStateException("MariaDB ended: " + log());
          }
          return log().contains("ready for connections");
        });
  }

  private String log() {
    try {
      return Files.readString(file("log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path file(String name) {
    return directory.resolve(name);
  }

  private static String encoded(Path path) {
    return URLEncoder.encode(path.toString(), StandardCharsets.UTF_8);
  }
}
