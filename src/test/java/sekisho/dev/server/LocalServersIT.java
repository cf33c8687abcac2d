package sekisho.dev.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sekisho.testing.FileNames;
import sekisho.testing.RedisProbe;
import sekisho.testing.SqlProbe;
import sekisho.testing.TestServers;
import sekisho.testing.Until;

class LocalServersIT extends ServerTestBase {

  @ParameterizedTest
  @EnumSource
  void urlsWorkWithTheClientsAndSettingsAreAsPromised(Origin origin) {
    prepare(origin);
    Endpoints endpoints = servers.start();
    try (RedisProbe redis = new RedisProbe(endpoints.redisUrl());
        SqlProbe sql = new SqlProbe(endpoints.mysqlUrl())) {
      assertThat(redis.send("CONFIG", "GET", "appendonly").toString()).contains("yes");
      assertThat(redis.send("CONFIG", "GET", "maxmemory-policy").toString()).contains("noeviction");
      assertThat(redis.send("CONFIG", "GET", "port").toString()).contains("0");
      assertThat(
              sql.query(
                  "SELECT DATABASE(), CURRENT_USER(), @@character_set_database, @@skip_networking, "
                      + "@@local_infile, @@max_allowed_packet"))
          .containsExactly("sekisho sekisho@localhost utf8mb4 1 1 67108864");
    }
  }

  @Test
  void theDirectoryMayHaveAnUnusualName() {
    FileNames.assumeAnyLetter();
    prepareAny();
    servers = handle(pair.directory().resolve("ä b+c%20&d#\"e\""));
    servers.start();
    write("1");
    assertThat(read()).containsExactly("1");
    servers.redis().stop();
    servers.redis().start();
    assertThat(read()).containsExactly("1");
  }

  @ParameterizedTest
  @EnumSource
  void dataOutliveStopAndKill(Origin origin) {
    prepare(origin);
    servers.start();
    write("1");
    servers.stop();
    assertThat(servers.redis().isRunning() || servers.mariaDb().isRunning()).isFalse();
    servers.start();
    assertThat(read()).containsExactly("1");
    write("2");
    servers.redis().kill();
    servers.mariaDb().kill();
    assertThat(servers.redis().pid()).isEmpty();
    assertThat(servers.mariaDb().pid()).isEmpty();
    servers.start();
    assertThat(read()).containsExactly("1", "2");
  }

  @ParameterizedTest
  @EnumSource
  void noTcpPortIsOpenAndTheServersHaveSessionsOfTheirOwn(Origin origin) throws IOException {
    prepare(origin);
    servers.start();
    for (long pid :
        List.of(servers.redis().pid().orElseThrow(), servers.mariaDb().pid().orElseThrow())) {
      assertThat(tcpInodes()).doesNotContainAnyElementsOf(socketInodes(pid));
      String[] stat =
          Files.readString(Path.of("/proc/" + pid + "/stat")).replaceFirst(".*\\) ", "").split(" ");
      assertThat(stat[3]).as("session of %s", pid).isEqualTo(Long.toString(pid));
    }
    for (String name : List.of("redis", "mariadb")) {
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(pair.directory().resolve(name))))
          .isEqualTo("rwx------");
    }
    Path password = pair.directory().resolve("mariadb/password");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(password)))
        .isEqualTo("rw-------");
  }

  @Test
  void startAndStopMayBeRepeatedAndComeFromManySides() {
    prepareAny();
    List<CompletableFuture<Endpoints>> starts =
        Stream.generate(this::anotherHandle)
            .limit(4)
            .map(
                handle ->
                    CompletableFuture.supplyAsync(handle::start, task -> new Thread(task).start()))
            .toList();
    List<Endpoints> endpoints = starts.stream().map(CompletableFuture::join).distinct().toList();
    assertThat(endpoints).containsExactly(pair.endpoints());
    long redis = servers.redis().pid().orElseThrow();
    long mariaDb = servers.mariaDb().pid().orElseThrow();
    assertThat(running()).containsExactlyInAnyOrder(redis, mariaDb);
    servers.start();
    assertThat(servers.redis().pid()).hasValue(redis);
    assertThat(servers.mariaDb().pid()).hasValue(mariaDb);
    anotherHandle().stop();
    servers.stop();
    assertThat(servers.redis().isRunning() || servers.mariaDb().isRunning()).isFalse();
  }

  @Test
  void staleFilesOfADeadServerAreNoHindranceAndNoStrangerIsEnded() throws IOException {
    prepareAny();
    servers.start();
    servers.redis().kill();
    servers.mariaDb().kill();
    Process stranger = new ProcessBuilder("sleep", "60").start();
    try {
      for (String name : List.of("redis", "mariadb")) {
        Files.writeString(pair.directory().resolve(name).resolve("pid"), stranger.pid() + "\n");
        assertThat(pair.directory().resolve(name).resolve(name + ".sock")).exists();
      }
      servers.stop();
      assertThat(servers.redis().isRunning() || servers.mariaDb().isRunning()).isFalse();
      servers.start();
      assertThat(servers.redis().pid()).isNotEmpty().isNotEqualTo(OptionalLong.of(stranger.pid()));
      servers.stop();
      assertThat(stranger.isAlive()).isTrue();
    } finally {
      stranger.destroyForcibly();
    }
  }

  @Test
  void aRunningServerIsFoundWithoutItsPidFile() throws IOException {
    prepareAny();
    servers.start();
    long redis = servers.redis().pid().orElseThrow();
    long mariaDb = servers.mariaDb().pid().orElseThrow();
    Files.delete(pair.directory().resolve("redis/pid"));
    Files.delete(pair.directory().resolve("mariadb/pid"));
    assertThat(anotherHandle().redis().pid()).hasValue(redis);
    assertThat(anotherHandle().mariaDb().pid()).hasValue(mariaDb);
  }

  /** By whatever name the directory is reached. */
  @Test
  void aSymbolicLinkLeadsToTheSameServers() throws IOException {
    prepareAny();
    servers = handle(pair.directory().resolve("a"));
    servers.start();
    write("1");
    long redis = servers.redis().pid().orElseThrow();
    long mariaDb = servers.mariaDb().pid().orElseThrow();
    Path link = Files.createSymbolicLink(pair.directory().resolve("link"), Path.of("a"));
    LocalServers linked = handle(link);
    linked.start();
    assertThat(linked.redis().pid()).hasValue(redis);
    assertThat(linked.mariaDb().pid()).hasValue(mariaDb);
    assertThat(running()).containsExactlyInAnyOrder(redis, mariaDb);
    servers = linked;
    assertThat(read()).containsExactly("1");
    handle(link).stop();
    assertThat(running()).isEmpty();
  }

  @Test
  void serversOfARenamedDirectoryAreFoundAndLeaveThoseAtTheOldPathAlone() throws IOException {
    prepareAny();
    Path old = pair.directory().resolve("a");
    servers = handle(old);
    servers.start();
    write("1");
    long redis = servers.redis().pid().orElseThrow();
    long mariaDb = servers.mariaDb().pid().orElseThrow();
    LocalServers moved = handle(Files.move(old, pair.directory().resolve("b")));
    assertThat(servers.redis().pid()).isEmpty();
    moved.start();
    assertThat(running()).containsExactlyInAnyOrder(redis, mariaDb);
    servers = moved;
    assertThat(read()).containsExactly("1");
    write("2");

    LocalServers another = handle(old);
    another.start();
    assertThat(running()).hasSize(4);
    moved.stop();
    assertThat(old.resolve("redis/redis.sock")).exists();
    assertThat(old.resolve("mariadb/mariadb.sock")).exists();
    servers = another;
    write("3");
    assertThat(read()).as("not those of the other directory").containsExactly("3");
    another.stop();
    moved.start();
    servers = moved;
    assertThat(read()).containsExactly("1", "2");
  }

  @Test
  void aServerWhoseSocketSomebodyRemovedIsStartedAnew() throws IOException {
    prepareAny();
    servers.start();
    write("1");
    Files.delete(pair.directory().resolve("redis/redis.sock"));
    Files.delete(pair.directory().resolve("mariadb/mariadb.sock"));
    servers.start();
    assertThat(running()).hasSize(2);
    assertThat(read()).containsExactly("1");
  }

  /**
   * Somebody who works in the directory, be it with the server's own configuration file, is not the
   * server.
   */
  @Test
  void nobodyElseInTheDirectoryIsTakenForTheServer() throws IOException {
    prepareAny();
    Path directory = Files.createDirectories(pair.directory().resolve("redis"));
    Process stranger = new ProcessBuilder("sleep", "60").directory(directory.toFile()).start();
    try {
      Files.writeString(directory.resolve("pid"), stranger.pid() + "\n");
      assertThat(servers.redis().isRunning()).isFalse();
      servers.redis().start();
      servers.redis().kill();
      assertThat(stranger.isAlive()).isTrue();
    } finally {
      stranger.destroyForcibly();
    }
  }

  @Test
  void aFailedStartQuotesTheLog() throws IOException {
    prepareAny();
    servers.start();
    servers.stop();
    OwnerOnly.delete(pair.directory().resolve("redis/appendonlydir"));
    Files.writeString(
        pair.directory().resolve("redis/appendonly.aof"), "this is no append-only file\n");
    assertThatThrownBy(() -> servers.redis().start())
        .isInstanceOf(LocalServerException.class)
        .hasMessageContaining(
            "Redis ended while starting: see " + pair.directory() + "/redis/redis.log")
        .hasMessageContaining("Bad file format")
        .hasMessageNotContaining("\n");
    Files.writeString(pair.directory().resolve("mariadb/data/ibdata1"), "this is no table space");
    assertThatThrownBy(() -> servers.mariaDb().start())
        .isInstanceOf(LocalServerException.class)
        .hasMessageContaining(
            "MariaDB ended while starting: see " + pair.directory() + "/mariadb/mariadb.log")
        .hasMessageContaining("[ERROR]")
        .hasMessageNotContaining("Aborting")
        .hasMessageNotContaining("\n");
  }

  @ParameterizedTest
  @EnumSource
  void slowStatementsAreLoggedWhereThatIsWanted(Origin origin) {
    prepare(origin);
    Path log = pair.directory().resolve("mariadb/slow.log");
    LocalServers logging =
        new LocalServers(
            ServerSettings.of(pair.directory(), TestServers.bundledServers())
                .withSearchPath(TestServers.installedServers())
                .withDurability(Durability.PROCESS_DEATH)
                .withSlowStatements(Duration.ofMillis(20)));
    logging.mariaDb().start();
    try (SqlProbe sql = new SqlProbe(logging.mariaDb().url())) {
      sql.query("SELECT 'quick'");
      sql.query("SELECT SLEEP(0.03), 'slow'");
    }
    Until.isTrue("it is logged", () -> Files.exists(log) && text(log).contains("'slow'"));
    assertThat(text(log)).doesNotContain("'quick'");
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private LocalServers anotherHandle() {
    return handle(pair.directory());
  }

  private static LocalServers handle(Path directory) {
    return new LocalServers(
        ServerSettings.of(directory, TestServers.bundledServers())
            .withSearchPath(TestServers.installedServers())
            .withDurability(Durability.PROCESS_DEATH));
  }

  private List<Long> running() {
    return ProcessHandle.allProcesses()
        .filter(process -> process.info().commandLine().orElse("").contains(pair.directory() + "/"))
        .map(ProcessHandle::pid)
        .toList();
  }

  private void write(String value) {
    try (RedisProbe redis = new RedisProbe(servers.redis().url());
        SqlProbe sql = new SqlProbe(servers.mariaDb().url())) {
      redis.send("RPUSH", "list", value);
      sql.query("CREATE TABLE IF NOT EXISTS written (value INT)");
      sql.query("INSERT INTO written VALUES (" + value + ")");
    }
  }

  /** What both stores hold, which must be the same. */
  private List<String> read() {
    try (RedisProbe redis = new RedisProbe(servers.redis().url());
        SqlProbe sql = new SqlProbe(servers.mariaDb().url())) {
      List<String> list =
          redis.send("LRANGE", "list", "0", "-1").stream().map(Object::toString).toList();
      assertThat(sql.query("SELECT value FROM written ORDER BY value")).isEqualTo(list);
      return list;
    }
  }

  private static Set<String> socketInodes(long pid) throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      Set<String> inodes = new HashSet<>();
      for (Path descriptor : descriptors.filter(Files::isSymbolicLink).toList()) {
        String target = Files.readSymbolicLink(descriptor).toString();
        if (target.startsWith("socket:[")) {
          inodes.add(target.substring("socket:[".length(), target.length() - 1));
        }
      }
      assertThat(inodes).as("sockets of process %s", pid).isNotEmpty();
      return inodes;
    }
  }

  /** The tenth column of each line of the kernel's tables of TCP sockets. */
  private static Set<String> tcpInodes() throws IOException {
    Set<String> inodes = new HashSet<>();
    for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      if (Files.exists(Path.of(table))) {
        Files.readAllLines(Path.of(table)).stream()
            .skip(1)
            .map(line -> line.strip().split(" +")[9])
            .forEach(inodes::add);
      }
    }
    return inodes;
  }
}
