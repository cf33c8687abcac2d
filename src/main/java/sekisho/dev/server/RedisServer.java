package sekisho.dev.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Redis 6.2 or newer, or a Valkey, that keeps an append-only file.
 *
 * <p>With the append-only file on, Redis 7 ignores a lone {@code dump.rdb}. But an append-only file
 * may begin with an RDB ({@code aof-use-rdb-preamble}), and Redis 7 takes over the single {@code
 * appendonly.aof} of older versions. So an RDB under that name is a complete append-only file for
 * each version: no start with the file off, no rewrite to wait for, and no moment at which a crash
 * loses what was loaded.
 */
public final class RedisServer extends LocalServer {

  private static final String SINGLE_AOF = "appendonly.aof";
  private static final String AOF_DIRECTORY = "appendonlydir";
  private static final String MANIFEST = "appendonly.aof.manifest";
  private static final String SNAPSHOT = "dump.rdb";
  private static final int FIRST_VERSION_WITH_DIRECTORY = 7;
  private static final Pattern VERSION = Pattern.compile("\\bv=((\\d+)[.\\d]*)");
  private static final List<String> PROGRAMS = List.of("redis-server", "valkey-server");
  private static final byte[] RDB_MAGIC = "REDIS".getBytes(StandardCharsets.US_ASCII);

  RedisServer(ServerSettings settings) {
    this(settings, settings.dataDirectory().resolve("redis"));
  }

  private RedisServer(ServerSettings settings, Path directory) {
    super(
        "Redis",
        directory,
        settings,
        directory,
        PROGRAMS,
        List.of(
            configuration(directory).toString(),
            "--pidfile",
            pidFile(directory).getFileName().toString()));
  }

  @Override
  Path data() {
    return configuration(directory());
  }

  @Override
  public String url() {
    return "unix://" + UrlText.path(socket());
  }

  /** Where SAVE writes the RDB file. */
  public Path snapshot() {
    return directory().resolve(SNAPSHOT);
  }

  /**
   * Replaces all data by those of an RDB file, whether the server is running or not, and starts it.
   * Clients lose their connection. Later starts find the new data.
   *
   * @param rdb is copied; written by the same version of Redis or an older one
   * @throws LocalServerException if the file is not an RDB, or if the server does not get ready
   *     with it
   */
  public void startFrom(Path rdb) {
    holdingDirectory(
        () -> {
          requireRdb(rdb);
          killWhileHolding(); // a graceful end would first save what is about to be thrown away
          Path fresh = directory().resolve(SINGLE_AOF + ".new");
          Files.copy(rdb, fresh, StandardCopyOption.REPLACE_EXISTING);
          replaceDataBy(fresh);
          startIfStopped();
        });
  }

  @Override
  ServerProgram program() {
    return ServerProgram.find(
        settings(), "Redis", PROGRAMS, "redis/redis-server", "SEKISHO_REDIS_URL");
  }

  @Override
  void prepare(ServerProgram program) throws IOException {
    refuseOlderThanData(program);
    adoptLoneSnapshot();
    OwnerOnly.write(configuration(directory()), configurationText());
  }

  @Override
  List<String> arguments(ServerProgram program) {
    return List.of();
  }

  @Override
  Optional<String> probe() {
    return SocketProbe.redisVersion(socket());
  }

  /** Redis 6 would not see the data of Redis 7, and start empty without a word. */
  private void refuseOlderThanData(ServerProgram program) throws IOException {
    if (!Files.exists(directory().resolve(AOF_DIRECTORY).resolve(MANIFEST))) {
      return;
    }
    Matcher version = VERSION.matcher(program.version());
    if (version.find() && Integer.parseInt(version.group(2)) < FIRST_VERSION_WITH_DIRECTORY) {
      throw new LocalServerException(
          directory()
              + " holds data of Redis "
              + FIRST_VERSION_WITH_DIRECTORY
              + " or newer, which Redis "
              + version.group(1)
              + " ("
              + program.origin()
              + ") cannot read: put the newer one "
              + "on the PATH, or remove "
              + directory()
              + " to begin anew");
    }
  }

  /** A snapshot that somebody put here, without an append-only file, is meant to be used. */
  private void adoptLoneSnapshot() throws IOException {
    Path snapshot = directory().resolve(SNAPSHOT);
    boolean hasAof =
        Files.exists(directory().resolve(SINGLE_AOF))
            || Files.exists(directory().resolve(AOF_DIRECTORY).resolve(MANIFEST));
    if (Files.exists(snapshot) && !hasAof) {
      replaceDataBy(snapshot);
    }
  }

  private void replaceDataBy(Path rdb) throws IOException {
    try (FileChannel channel = FileChannel.open(rdb, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    OwnerOnly.delete(directory().resolve(AOF_DIRECTORY));
    Files.move(rdb, directory().resolve(SINGLE_AOF), StandardCopyOption.ATOMIC_MOVE);
    Files.deleteIfExists(directory().resolve(SNAPSHOT));
  }

  private static void requireRdb(Path file) throws IOException {
    if (!Files.isReadable(file)) {
      throw new LocalServerException("cannot read the RDB file " + file);
    }
    try (InputStream in = Files.newInputStream(file)) {
      if (!Arrays.equals(in.readNBytes(RDB_MAGIC.length), RDB_MAGIC)) {
        throw new LocalServerException(file + " is not an RDB file");
      }
    }
  }

  private String configurationText() {
    return """
        # Written anew at each start; changes are lost. Paths are relative to this directory, which may be renamed meanwhile: a server
        # must not remove the files of another that has its old path by now.
        port 0
        unixsocket %s
        unixsocketperm 700
        dir .
        dbfilename dump.rdb
        daemonize no
        # As it was started, for whoever looks at the list of processes.
        set-proc-title no
        appendonly yes
        appendfilename appendonly.aof
        appendfsync %s
        aof-use-rdb-preamble yes
        aof-load-truncated yes
        # At tens of thousands of attempts a second, 64 MB would have the file rewritten every few seconds.
        auto-aof-rewrite-min-size 256mb
        # Snapshots are a copy to carry away; the append-only file is the truth, so a failed one stops nothing.
        save 3600 1
        stop-writes-on-bgsave-error no
        # Anything else forgets failures, and with them bans and locks.
        maxmemory-policy noeviction
        """
        .formatted(socket().getFileName(), settings().durability().redisFsync());
  }

  private static Path configuration(Path directory) {
    return directory.resolve("redis.conf");
  }
}
