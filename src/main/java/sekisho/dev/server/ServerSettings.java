package sekisho.dev.server;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * How and where the local servers run.
 *
 * @param dataDirectory holds {@code redis/} and {@code mariadb/} with data, sockets, logs and
 *     generated configuration; made absolute, without symbolic links. Unix sockets limit its length
 *     to some 80 bytes.
 * @param bundledDirectory where the Maven profiles {@code bundled-*} unpack server programs; may be
 *     absent
 * @param searchPath directories searched for installed servers, before the bundled ones
 * @param durability what the data must outlive
 * @param slowStatements from which length on MariaDB logs statements to {@code mariadb/slow.log};
 *     zero for never
 * @param progress told one line for each step that takes time
 */
public record ServerSettings(
    Path dataDirectory,
    Path bundledDirectory,
    List<Path> searchPath,
    Durability durability,
    Duration slowStatements,
    Consumer<String> progress) {

  /** Debian installs mariadbd in a directory that is not on an ordinary user's PATH. */
  private static final List<String> SYSTEM_DIRECTORIES = List.of("/usr/local/sbin", "/usr/sbin");

  public ServerSettings {
    dataDirectory = real(dataDirectory);
    bundledDirectory = bundledDirectory.toAbsolutePath().normalize();
    searchPath = List.copyOf(searchPath);
    Objects.requireNonNull(durability, "durability");
    Objects.requireNonNull(progress, "progress");
  }

  /**
   * Settings of a machine in earnest: installed servers are found on the PATH, data outlives a
   * power loss, no progress is reported.
   *
   * @param dataDirectory see the record
   * @param bundledDirectory see the record
   */
  public static ServerSettings of(Path dataDirectory, Path bundledDirectory) {
    return new ServerSettings(
        dataDirectory,
        bundledDirectory,
        systemPath(),
        Durability.POWER_LOSS,
        Duration.ZERO,
        line -> {});
  }

  /** The same with another search path; an empty list leaves only the bundled servers. */
  public ServerSettings withSearchPath(List<Path> directories) {
    return new ServerSettings(
        dataDirectory, bundledDirectory, directories, durability, slowStatements, progress);
  }

  /** The same with another durability. */
  public ServerSettings withDurability(Durability other) {
    return new ServerSettings(
        dataDirectory, bundledDirectory, searchPath, other, slowStatements, progress);
  }

  /** The same, logging statements from this length on. */
  public ServerSettings withSlowStatements(Duration from) {
    return new ServerSettings(
        dataDirectory, bundledDirectory, searchPath, durability, from, progress);
  }

  /** The same, telling progress to {@code listener}, from more than one thread. */
  public ServerSettings withProgress(Consumer<String> listener) {
    return new ServerSettings(
        dataDirectory, bundledDirectory, searchPath, durability, slowStatements, listener);
  }

  /**
   * Links are followed as far as the path exists, but not into a path that is too long for sockets.
   */
  private static Path real(Path directory) {
    Path absolute = directory.toAbsolutePath();
    Path existing = absolute;
    while (existing != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    try {
      Path real =
          existing == null
              ? absolute
              : existing.toRealPath().resolve(existing.relativize(absolute)).normalize();
      return SocketProbe.fits(real.resolve("mariadb/mariadb.sock")) ? real : absolute.normalize();
    } catch (IOException e) {
      return absolute.normalize(); // the first use says what is wrong
    }
  }

  private static List<Path> systemPath() {
    String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
    return Stream.concat(Stream.of(path.split(File.pathSeparator)), SYSTEM_DIRECTORIES.stream())
        .filter(directory -> !directory.isEmpty())
        .map(Path::of)
        .toList();
  }
}
