package sekisho.faults;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import sekisho.dev.server.Durability;
import sekisho.testing.GuardedDirectory;
import sekisho.testing.Signals;
import sekisho.testing.TestServers;

/**
 * Servers whose disk can be filled up and freed again, for any user of a Linux: the system lets no
 * file of theirs grow any further. Writes fail then as on a full disk, with another error number
 * (EFBIG for ENOSPC).
 */
final class SmallDisk implements AutoCloseable {

  private static final Path PRLIMIT = Path.of("/usr/bin/prlimit");

  private final GuardedDirectory programs = GuardedDirectory.create();
  private final TestServers servers;

  /**
   * Starts servers with as much disk as there is; skips the test where that can't be changed later.
   */
  SmallDisk(Durability durability) {
    assumeTrue(
        Files.isExecutable(PRLIMIT),
        "no " + PRLIMIT + " (util-linux) here: no disk can be filled up");
    try {
      wrap("redis-server", "redis/redis-server", "");
      // All tables in one file, and none that is larger: so that one limit fits.
      Path mariaDb =
          wrap(
              "mariadbd",
              "mariadb/bin/mariadbd",
              " --innodb-file-per-table=0 --innodb-log-file-size=4194304");
      for (String own : List.of("share", "lib")) {
        Path directory = mariaDb.toRealPath().getParent().getParent().resolve(own);
        if (Files.isDirectory(directory)) {
          Files.createSymbolicLink(programs.path().resolve(own), directory);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    servers = TestServers.prepare(List.of(programs.path().resolve("bin")), durability);
    servers.servers().start();
  }

  /** The servers. */
  TestServers servers() {
    return servers;
  }

  /** Redis can write so many bytes more. */
  void leaveRedis(long bytes) {
    limit(servers.servers().redis().pid().orElseThrow(), largest("redis") + bytes);
  }

  /** MariaDB can write so many bytes more. */
  void leaveMariaDb(long bytes) {
    limit(servers.servers().mariaDb().pid().orElseThrow(), largest("mariadb") + bytes);
  }

  /** Somebody has tidied up. */
  void free(long pid) {
    Signals.limit(pid, "--fsize=unlimited:");
  }

  @Override
  public void close() {
    servers.close();
    programs.close();
  }

  private static void limit(long pid, long bytes) {
    Signals.limit(pid, "--fsize=" + bytes + ":");
  }

  private long largest(String server) {
    try (Stream<Path> files = Files.walk(servers.directory().resolve(server))) {
      return files
          .filter(Files::isRegularFile)
          .mapToLong(file -> file.toFile().length())
          .max()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A script that starts the real program so that the system's limit fails its writes and does not
   * end it.
   */
  private Path wrap(String name, String bundled, String arguments) throws IOException {
    Path real =
        TestServers.installedServers().stream()
            .map(directory -> directory.resolve(name))
            .filter(Files::isExecutable)
            .findFirst()
            .orElse(TestServers.bundledServers().resolve(bundled))
            .toAbsolutePath();
    Path script = Files.createDirectories(programs.path().resolve("bin")).resolve(name);
    Files.writeString(
        script, "#!/bin/sh\ntrap '' XFSZ\nexec '" + real + "' \"$@\"" + arguments + "\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return real;
  }
}
