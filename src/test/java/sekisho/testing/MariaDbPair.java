package sekisho.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A MariaDB and its replica, on ports of 127.0.0.1. What an operator or a tool does at a failover
 * is done here by hand. Close it; nothing is left of it then.
 */
public final class MariaDbPair implements AutoCloseable {

  private static final String ADMINISTRATOR = "administrator:of_a_test";
  private static final String SERVICE = "sekisho:of_a_test";

  private final TestServers servers;
  private final List<Server> all = new ArrayList<>();

  /** One of the two. */
  public final class Server {

    private final Path directory;
    private final int number;
    private final int port = ServiceHome.freePort();
    private final List<String> command;
    private Process process;

    private Server(Path directory, int number, List<String> command) {
      this.directory = directory;
      this.number = number;
      this.command = command;
    }

    /** Ends it with SIGKILL. */
    public void kill() {
      process.destroyForcibly();
      try {
        process.waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    /** Statements as who may do everything, each on a connection of its own. */
    public List<String> administer(String... statements) {
      List<String> rows = new ArrayList<>();
      try (SqlProbe sql =
          new SqlProbe("mysql://" + ADMINISTRATOR + "@127.0.0.1:" + port + "/mysql")) {
        for (String statement : statements) {
          rows.addAll(sql.query(statement));
        }
      }
      return rows;
    }

    /** The URL for the service, of this server alone. */
    public String url() {
      return "mysql://" + SERVICE + "@127.0.0.1:" + port + "/sekisho?sslMode=DISABLED";
    }

    /** Its process id. */
    public long pid() {
      return process.pid();
    }

    /** Makes it take writes, once it has applied all that it received. */
    public void promote() {
      administer("STOP SLAVE IO_THREAD");
      Until.isTrue(
          "what was received is applied",
          () ->
              administer(
                      "SELECT COUNT(*) FROM information_schema.processlist WHERE command = 'Slave_SQL'"
                          + " AND state LIKE '%has read all relay log%'")
                  .equals(List.of("1")));
      administer("STOP SLAVE", "RESET SLAVE ALL", "SET GLOBAL read_only = OFF");
    }

    /** Makes it follow the other one. */
    public void follow(Server primary) {
      administer(
          "SET GLOBAL read_only = ON",
          "CHANGE MASTER TO master_host = '127.0.0.1', master_port = "
              + primary.port
              + ", master_user = 'administrator', master_password = 'of_a_test',"
              + " master_use_gtid = current_pos, master_connect_retry = 1, master_ssl = 0",
          "START SLAVE");
    }

    /** Waits until it has what the other one has. */
    public void awaitCaughtUp(Server primary) {
      Until.isTrue(
          "the replica has caught up",
          () ->
              administer("SELECT @@gtid_current_pos")
                  .equals(primary.administer("SELECT @@gtid_current_pos")));
    }

    private void start() throws IOException {
      File log = directory.resolve("own.log").toFile();
      Files.deleteIfExists(log.toPath());
      process =
          new ProcessBuilder(command)
              .redirectInput(new File("/dev/null"))
              .redirectErrorStream(true)
              .redirectOutput(log)
              .start();
      Until.isTrue(
          "MariaDB serves",
          () -> {
            try {
              if (!process.isAlive()) {
                throw new IllegalStateException(Files.readString(log.toPath()));
              }
              return Files.readString(log.toPath()).contains("ready for connections");
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }

    private void configure() throws IOException {
      Path configuration = directory.resolve("my.cnf");
      Files.writeString(
          configuration,
          Files.readString(configuration)
              .replace(all.get(0).directory.toString(), directory.toString())
              .replace("skip-networking", "bind-address=127.0.0.1\nport=" + port)
              .replace(
                  "skip-log-bin",
                  "log-bin=bin\nrelay-log=relay\nbinlog_format=ROW\nlog_slave_updates=ON\nsync_binlog=0\nserver-id="
                      + number
                      + "\nread_only="
                      + (number == 1 ? "OFF" : "ON")));
      Files.writeString(
          directory.resolve("start.sql"),
          "SET sql_log_bin = 0;\nCREATE DATABASE IF NOT EXISTS sekisho CHARACTER SET utf8mb4;\n"
              + account(ADMINISTRATOR, "*.*")
              + account(SERVICE, "`sekisho%`.*"));
    }
  }

  private MariaDbPair(TestServers servers) {
    this.servers = servers;
  }

  /**
   * Starts them.
   *
   * @param waiting whether the primary waits for its replica before it confirms a commit
   *     (semi-synchronous replication)
   */
  public static MariaDbPair start(boolean waiting) {
    TestServers servers = TestServers.prepare(TestServers.installedServers());
    MariaDbPair pair = new MariaDbPair(servers);
    try {
      servers.servers().mariaDb().start();
      List<String> command =
          List.of(
              Files.readString(
                      Path.of(
                          "/proc/" + servers.servers().mariaDb().pid().orElseThrow() + "/cmdline"))
                  .split("\0"));
      servers.servers().mariaDb().stop();
      Path first = servers.directory().resolve("mariadb");
      Path second = copy(first, servers.directory().resolve("replica"));
      pair.all.add(pair.new Server(first, 1, command));
      pair.all.add(
          pair
          .new Server(
              second,
              2,
              command.stream()
                  .map(argument -> argument.replace(first.toString(), second.toString()))
                  .toList()));
      for (Server server : pair.all) {
        server.configure();
        server.start();
        Files.writeString(server.directory.resolve("start.sql"), "");
      }
      if (waiting) {
        pair.waitForReplica();
      }
      pair.replicate();
      return pair;
    } catch (IOException e) {
      pair.close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException | Error e) {
      pair.close();
      throw e;
    }
  }

  /** The one that takes writes at first. */
  public Server first() {
    return all.get(0);
  }

  /** The one that follows at first. */
  public Server second() {
    return all.get(1);
  }

  /** The URL for the service, of both. */
  public String url() {
    return first()
        .url()
        .replace(":" + first().port, ":" + first().port + ",127.0.0.1:" + second().port);
  }

  @Override
  public void close() {
    servers.close();
  }

  private void waitForReplica() {
    first()
        .administer(
            "SET GLOBAL rpl_semi_sync_master_wait_point = AFTER_SYNC",
            "SET GLOBAL rpl_semi_sync_master_timeout = 60000",
            "SET GLOBAL rpl_semi_sync_master_enabled = ON");
    second().administer("SET GLOBAL rpl_semi_sync_slave_enabled = ON");
  }

  private void replicate() {
    second().administer("SET GLOBAL gtid_slave_pos = ''");
    second().follow(first());
    second().awaitCaughtUp(first());
  }

  private static String account(String account, String all) {
    String[] parts = account.split(":");
    String name = "'" + parts[0] + "'@'127.0.0.1'";
    return "CREATE USER %1$s IDENTIFIED BY '%2$s';\nGRANT ALL ON %3$s TO %1$s;\n"
        .formatted(name, parts[1], all);
  }

  private static Path copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file :
          files.filter(path -> Files.isDirectory(path) || Files.isRegularFile(path)).toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
    return to;
  }
}
