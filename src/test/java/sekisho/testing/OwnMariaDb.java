package sekisho.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A MariaDB of a test's own, with an account {@code administrator} that may do everything, beside
 * the one of the service. It listens on a Unix socket. Close it.
 */
public final class OwnMariaDb implements AutoCloseable {

  private final TestServers servers;
  private final Path directory;
  private final List<String> command;
  private final String serviceUrl;
  private Process process;

  private OwnMariaDb(TestServers servers, Path directory, List<String> command, String serviceUrl) {
    this.servers = servers;
    this.directory = directory;
    this.command = command;
    this.serviceUrl = serviceUrl;
  }

  /** Makes one, running. */
  public static OwnMariaDb start() {
    TestServers servers = TestServers.prepare(TestServers.installedServers());
    try {
      servers.servers().mariaDb().start();
      String url = servers.servers().mariaDb().url();
      long pid = servers.servers().mariaDb().pid().orElseThrow();
      List<String> command =
          new ArrayList<>(
              List.of(Files.readString(Path.of("/proc/" + pid + "/cmdline")).split("\0")));
      servers.servers().mariaDb().stop();
      OwnMariaDb server =
          new OwnMariaDb(servers, servers.directory().resolve("mariadb"), command, url);
      Files.writeString(
          server.directory.resolve("start.sql"),
          "CREATE USER administrator@localhost IDENTIFIED BY 'of_a_test'; \nGRANT ALL ON *.* TO administrator@localhost;\n");
      server.run();
      return server;
    } catch (IOException e) {
      servers.close();
      throw new UncheckedIOException(e);
    }
  }

  /** Another one with the same data, running; this one is started anew for that. */
  public OwnMariaDb copy() {
    stop();
    Path target = servers.directory().resolve("copy");
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file :
          files
              .filter(Files::exists)
              .filter(path -> Files.isDirectory(path) || Files.isRegularFile(path))
              .toList()) {
        Files.copy(file, target.resolve(directory.relativize(file)));
      }
      Path configuration = target.resolve("my.cnf");
      Files.writeString(
          configuration,
          Files.readString(configuration).replace(directory.toString(), target.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    OwnMariaDb copy =
        new OwnMariaDb(
            servers,
            target,
            command.stream()
                .map(argument -> argument.replace(directory.toString(), target.toString()))
                .toList(),
            serviceUrl.replace(directory.toString(), target.toString()));
    run();
    copy.run();
    return copy;
  }

  /** Starts it anew: the numbers of connections begin again. */
  public void restart() {
    stop();
    run();
  }

  /** The URL for the service, whose account may not write when the server is read-only. */
  public String url() {
    return serviceUrl;
  }

  /** A session of the administrator; close it. */
  public SqlProbe administrator() {
    return new SqlProbe(serviceUrl.replaceFirst("//[^@]*@", "//administrator:of_a_test@"));
  }

  @Override
  public void close() {
    stop();
    servers.close();
  }

  private void run() {
    try {
      process =
          new ProcessBuilder(command)
              .redirectInput(new File("/dev/null"))
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("own.log").toFile())
              .start();
      Until.isTrue(
          "MariaDB serves",
          () -> {
            try {
              return Files.readString(directory.resolve("own.log"))
                  .contains("ready for connections");
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
      // The accounts are there.
      Files.writeString(directory.resolve("start.sql"), "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void stop() {
    process.destroy();
    try {
      process.waitFor(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
