package sekisho.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import sekisho.testing.Until;

/** A real nginx with a sample of {@code conf}, whose places are those of a test. */
final class Nginx implements AutoCloseable {

  private static final List<String> TEMPORARY =
      List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi");

  private final Path directory;
  private final Process process;

  private Nginx(Path directory, Process process) {
    this.directory = directory;
    this.process = process;
  }

  /**
   * Starts one, and waits until it listens.
   *
   * @param sample in {@code conf}
   * @param places what stands there, and what takes its place; each has to stand there
   * @param port on which it listens then
   */
  static Nginx start(Path directory, String sample, Map<String, String> places, int port)
      throws IOException {
    assumeThat(isThere()).as("nginx is on the PATH").isTrue();
    Files.createDirectories(directory);
    String config = Files.readString(Path.of("conf", sample));
    for (Map.Entry<String, String> place : places.entrySet()) {
      assertThat(config).contains(place.getKey());
      config = config.replace(place.getKey(), place.getValue());
    }
    config =
        config
            .replaceAll("pid /run/\\S+;", "pid " + directory.resolve("pid") + ";")
            .replaceAll("error_log /var/\\S+", "error_log " + directory.resolve("error.log"));
    StringBuilder temporary = new StringBuilder("http {\n");
    TEMPORARY.forEach(
        kind ->
            temporary
                .append(kind)
                .append("_temp_path ")
                .append(directory.resolve(kind))
                .append(";\n"));
    Path file =
        Files.writeString(
            directory.resolve(sample),
            config.replaceFirst("(?m)^http \\{\n", temporary.toString()));
    Process process =
        new ProcessBuilder("nginx", "-c", file.toString(), "-g", "daemon off;")
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("out").toFile())
            .start();
    Nginx nginx = new Nginx(directory, process);
    Until.isTrue(
        "nginx listens",
        () -> {
          if (!process.isAlive()) {
            throw new IllegalStateException(nginx.said());
          }
          return listens(port);
        });
    return nginx;
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isThere() {
    try {
      return new ProcessBuilder("nginx", "-v").redirectErrorStream(true).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** What it printed and logged. */
  String said() {
    try {
      Path log = directory.resolve("error.log");
      return Files.readString(directory.resolve("out"))
          + (Files.exists(log) ? Files.readString(log) : "");
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
