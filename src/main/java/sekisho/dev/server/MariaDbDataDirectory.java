package sekisho.dev.server;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Makes the data directory of a new MariaDB or MySQL, without the installation script, which needs
 * programs and a layout that not every package has.
 */
final class MariaDbDataDirectory {

  private static final long PATIENCE_SECONDS = 120;
  private static final List<String> SHARE_DIRECTORIES =
      List.of("share", "share/mariadb", "share/mysql");

  /** MariaDB 11 renamed its files. */
  private static final List<String> FILE_PREFIXES = List.of("mariadb", "mysql");

  private final ServerProgram program;
  private final Path log;

  MariaDbDataDirectory(ServerProgram program, Path log) {
    this.program = program;
    this.log = log;
  }

  /**
   * Arguments that each run of this program needs: where its files are, and leave to run as root if
   * we are.
   */
  static List<String> commonArguments(ServerProgram program) {
    List<String> arguments = new ArrayList<>(List.of("--basedir=" + program.base()));
    if (systemUser().equals("root")) {
      arguments.add("--user=root");
    }
    return arguments;
  }

  /**
   * Where the server keeps its temporary tables: each server that starts removes all that it finds
   * there, also another's.
   */
  static Path temporaryFiles(Path data) throws IOException {
    Path directory = data.resolveSibling("tmp");
    OwnerOnly.directory(directory);
    return directory;
  }

  /**
   * Makes the directory, all or nothing.
   *
   * @param endLeftovers ends the servers that work in a directory: one may be making it for a
   *     process that was killed
   * @throws LocalServerException if the server cannot; the message names its log
   */
  void create(Path data, Consumer<Path> endLeftovers) throws IOException {
    String prefix = data.getFileName() + ".new";
    try (DirectoryStream<Path> leftBehind =
        Files.newDirectoryStream(data.getParent(), prefix + "*")) {
      for (Path each : leftBehind) {
        endLeftovers.accept(each);
        OwnerOnly.delete(each);
      }
    }
    // Its name is new each time: a server may have been started just before its starter was killed,
    // and only now begin to work.
    Path unfinished = Files.createTempDirectory(data.getParent(), prefix);
    if (program.version().contains("MariaDB")) {
      Path sql = Files.createTempFile(data.getParent(), prefix, ".sql");
      OwnerOnly.write(sql, systemTables());
      run(sql, "--bootstrap", unfinished);
      Files.delete(sql);
    } else {
      run(Path.of("/dev/null"), "--initialize-insecure", unfinished);
    }
    Files.move(unfinished, data, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * As {@code mariadb-install-db} feeds it to the server: the one administrator is the system's
   * user, by Unix socket.
   */
  private String systemTables() throws IOException {
    StringBuilder sql =
        new StringBuilder(
            """
        CREATE DATABASE IF NOT EXISTS mysql;
        USE mysql;
        SET @auth_root_socket='%s';
        SET @skip_auth_anonymous=1;
        """
                .formatted(systemUser()));
    for (String name :
        List.of("_system_tables.sql", "_performance_tables.sql", "_system_tables_data.sql")) {
      try (Stream<String> lines =
          Files.lines(share(name))) { // entries for this machine's own name would need DNS
        lines
            .filter(line -> !line.contains("@current_hostname"))
            .forEach(line -> sql.append(line).append('\n'));
      }
    }
    return sql.toString();
  }

  private Path share(String name) {
    return SHARE_DIRECTORIES.stream()
        .map(directory -> program.base().resolve(directory))
        .flatMap(
            directory -> FILE_PREFIXES.stream().map(prefix -> directory.resolve(prefix + name)))
        .filter(Files::isReadable)
        .findFirst()
        .orElseThrow(
            () ->
                new LocalServerException(
                    "MariaDB's own SQL files (*"
                        + name
                        + ") are not below "
                        + program.base()
                        + "/share: install the whole server package, or set SEKISHO_MYSQL_URL"));
  }

  private void run(Path input, String action, Path data) throws IOException {
    List<String> command =
        new ArrayList<>(List.of(program.executable().toString(), "--no-defaults", action));
    command.addAll(commonArguments(program));
    command.addAll(
        List.of(
            "--datadir=" + data,
            "--tmpdir=" + temporaryFiles(data),
            "--skip-log-bin",
            "--max_allowed_packet=64M",
            "--net_buffer_length=16K"));
    OwnerOnly.prepareLog(log);
    Process process =
        ChildProcess.of(command)
            .redirectInput(input.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new LocalServerException(
            "MariaDB could not make its data directory: see "
                + log
                + LogLine.mostTelling(Files.readAllLines(log))
                    .map(line -> ", which says: " + line)
                    .orElse("")
                + LogLine.roomFor(data.getParent()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LocalServerException("interrupted while MariaDB made its data directory", e);
    } finally {
      process.destroyForcibly();
    }
  }

  private static String systemUser() {
    String name = System.getProperty("user.name");
    return name.matches("[A-Za-z0-9_.-]+")
        ? name
        : "root"; // "?" where the system has no name for the user id
  }
}
