package sekisho.bench.ceiling;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import sekisho.http.page.Pages;

/** An nginx with one worker that serves the login page as a file. */
final class Nginx {

  private static final String CONFIGURATION =
      """
      daemon off;
      worker_processes 1;
      pid %1$s/nginx.pid;
      error_log %1$s/nginx.log;
      events { worker_connections 1024; }
      http {
        access_log off;
        keepalive_requests 100000000;
        open_file_cache max=10;
        types { text/html html; }
        client_body_temp_path %1$s;
        proxy_temp_path %1$s;
        fastcgi_temp_path %1$s;
        uwsgi_temp_path %1$s;
        scgi_temp_path %1$s;
        server { listen 127.0.0.1:%2$d; root %1$s; }
      }
      """;

  private Nginx() {}

  /** Where this machine has it, if anywhere. */
  static Optional<Path> program() {
    return Stream.concat(Stream.of(System.getenv("PATH").split(":")), Stream.of("/usr/sbin"))
        .map(directory -> Path.of(directory, "nginx"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Starts it.
   *
   * @param work a directory for its files; made readable for the user that its worker runs as
   */
  static SystemUnderTest start(Path program, Path work, int port) throws IOException {
    Files.write(work.resolve("index.html"), new Pages().home(null).getBytes());
    Path configuration = work.resolve("nginx.conf");
    Files.writeString(configuration, String.format(Locale.ROOT, CONFIGURATION, work, port));
    work.toFile().setExecutable(true, false);
    work.toFile().setReadable(true, false);
    return SystemUnderTest.start(
        "nginx",
        port,
        List.of(
            program.toString(),
            "-c",
            configuration.toString(),
            "-p",
            work.toString(),
            "-e",
            work + "/nginx.log"),
        Map.of(),
        work.resolve("nginx.txt"));
  }
}
