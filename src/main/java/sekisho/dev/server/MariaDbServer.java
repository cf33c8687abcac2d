package sekisho.dev.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import sekisho.file.FileProblem;

/**
 * A MariaDB 10.6 or newer, or a MySQL 8, with a database and a user for the service.
 *
 * <p>The user gets a random password, because the client library speaks neither Unix-socket
 * authentication nor the newer MariaDB plugins. It is kept in an owner-only file and set again at
 * each start.
 */
public final class MariaDbServer extends LocalServer {

  private static final String NAME = "sekisho";
  private static final String DATA = "data";
  private static final List<String> PROGRAMS = List.of("mariadbd", "mysqld");
  private static final int PASSWORD_BYTES = 16;

  private final Path passwordFile;
  private final Path startSql;
  private final Path data;

  MariaDbServer(ServerSettings settings) {
    this(settings, settings.dataDirectory().resolve("mariadb"));
  }

  private MariaDbServer(ServerSettings settings, Path directory) {
    super(
        "MariaDB",
        directory,
        settings,
        directory.resolve(DATA),
        PROGRAMS,
        List.of("--defaults-file=" + configuration(directory), "--pid-file=" + pidFile(directory)));
    this.passwordFile = directory.resolve("password");
    this.startSql = directory.resolve("start.sql");
    this.data = directory.resolve(DATA);
  }

  @Override
  Path data() {
    return data;
  }

  @Override
  public String url() {
    try {
      return "mysql://"
          + NAME
          + ":"
          + Files.readString(passwordFile).strip()
          + "@localhost/"
          + NAME
          + "?socket="
          + UrlText.path(socket());
    } catch (IOException e) {
      throw new LocalServerException(
          "cannot read "
              + passwordFile
              + " ("
              + FileProblem.reason(passwordFile, e)
              + "): start the local MariaDB first",
          e);
    }
  }

  @Override
  ServerProgram program() {
    return ServerProgram.find(
        settings(), "MariaDB", PROGRAMS, "mariadb/bin/mariadbd", "SEKISHO_MYSQL_URL");
  }

  @Override
  void prepare(ServerProgram program) throws IOException {
    if (!Files.exists(passwordFile)) {
      // All or nothing: others read it without the lock.
      Path draft = passwordFile.resolveSibling(passwordFile.getFileName() + ".new");
      OwnerOnly.write(draft, randomPassword() + "\n");
      Files.move(draft, passwordFile, StandardCopyOption.ATOMIC_MOVE);
    }
    String password = Files.readString(passwordFile).strip();
    OwnerOnly.write(startSql, startSql(password));
    OwnerOnly.write(configuration(directory()), configurationText(password));
    if (!Files.exists(data)) {
      tell("Creating MariaDB's data directory...");
      new MariaDbDataDirectory(program, log()).create(data, this::endLeftovers);
    }
  }

  @Override
  List<String> arguments(ServerProgram program) {
    return MariaDbDataDirectory.commonArguments(program);
  }

  @Override
  Optional<String> probe() {
    return SocketProbe.mysqlVersion(socket());
  }

  /**
   * One statement on each line, as {@code init-file} wants it. Grants more databases than one, so
   * that tests can have their own.
   */
  private static String startSql(String password) {
    return """
        CREATE DATABASE IF NOT EXISTS sekisho CHARACTER SET utf8mb4;
        CREATE USER IF NOT EXISTS 'sekisho'@'localhost' IDENTIFIED BY '%1$s';
        ALTER USER 'sekisho'@'localhost' IDENTIFIED BY '%1$s';
        GRANT ALL PRIVILEGES ON `sekisho%%`.* TO 'sekisho'@'localhost';
        """
        .formatted(password);
  }

  private String configurationText(String password) throws IOException {
    return """
        # Written anew at each start; changes are lost.
        [mysqld]
        datadir=%2$s
        # Relative to datadir: the directory may be renamed while the server runs.
        tmpdir=../%6$s
        socket=../%7$s
        skip-networking
        skip-name-resolve
        init-file=%3$s
        character-set-server=utf8mb4
        max_allowed_packet=64M
        local_infile=1
        skip-log-bin
        innodb_buffer_pool_size=256M
        innodb_flush_log_at_trx_commit=%4$s
        # Quick starts and stops. The socket's directory is owner-only; making a key pair for TLS takes seconds.
        loose-skip-ssl
        performance_schema=OFF
        innodb_buffer_pool_dump_at_shutdown=OFF
        innodb_buffer_pool_load_at_startup=OFF
        # No second, TCP, listener of MySQL; no log line for each look whether the server is ready.
        loose-mysqlx=OFF
        loose-log_warnings=1
        slow_query_log=%8$s
        slow_query_log_file=../slow.log
        long_query_time=%9$s

        # mariadb --defaults-file=<this file> opens a session.
        [client]
        socket=%1$s
        user=sekisho
        password=%5$s
        """
        .formatted(
            quoted(socket()),
            quoted(data),
            quoted(startSql),
            settings().durability().innodbFlush(),
            password,
            MariaDbDataDirectory.temporaryFiles(data).getFileName(),
            socket().getFileName(),
            settings().slowStatements().isZero() ? "OFF" : "ON",
            String.format(Locale.ROOT, "%.3f", settings().slowStatements().toMillis() / 1e3));
  }

  private static String quoted(Path path) {
    return '"' + path.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static String randomPassword() {
    byte[] bytes = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static Path configuration(Path directory) {
    return directory.resolve("my.cnf");
  }
}
