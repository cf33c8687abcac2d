package sekisho.testing;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import sekisho.dev.server.Durability;
import sekisho.dev.server.Endpoints;
import sekisho.dev.server.LocalServers;
import sekisho.dev.server.ServerSettings;

/**
 * A real Redis and a real MariaDB for tests, in a {@link GuardedDirectory}: however this JVM ends,
 * nothing is left of them.
 *
 * <p>Most tests use {@link #shared()} and begin by emptying what they use. A test that stops or
 * kills servers makes a pair of its own with {@link #start()}.
 */
public final class TestServers implements AutoCloseable {

  private final GuardedDirectory directory;
  private final LocalServers servers;

  private TestServers(GuardedDirectory directory, ServerSettings settings) {
    this.directory = directory;
    this.servers = new LocalServers(settings);
  }

  private static final class Shared {
    private static final TestServers INSTANCE = start();
  }

  /** The pair that all tests of this JVM share, running. */
  public static Endpoints shared() {
    return Shared.INSTANCE.endpoints();
  }

  /** A pair of one's own, running, whose data outlive the death of processes; close it. */
  public static TestServers start() {
    return start(Durability.PROCESS_DEATH);
  }

  /** A pair of one's own, running; close it. */
  public static TestServers start(Durability durability) {
    TestServers pair = prepare(installedServers(), durability);
    pair.servers.start();
    return pair;
  }

  /**
   * A pair of one's own, not yet started; close it.
   *
   * @param searchPath where installed servers are looked for; none means the bundled ones
   */
  public static TestServers prepare(List<Path> searchPath) {
    return prepare(searchPath, Durability.PROCESS_DEATH);
  }

  /**
   * A pair of one's own, not yet started; close it.
   *
   * @param searchPath where installed servers are looked for; none means the bundled ones
   * @param durability what the data must outlive
   */
  public static TestServers prepare(List<Path> searchPath, Durability durability) {
    GuardedDirectory directory = GuardedDirectory.create();
    return new TestServers(
        directory,
        ServerSettings.of(directory.path(), bundledServers())
            .withSearchPath(searchPath)
            .withDurability(durability));
  }

  /** The system property {@code sekisho.servers.path}, else the PATH. */
  public static List<Path> installedServers() {
    String path = System.getProperty("sekisho.servers.path");
    return path == null
        ? ServerSettings.of(Path.of(""), Path.of("")).searchPath()
        : Stream.of(path.split(File.pathSeparator)).map(Path::of).toList();
  }

  /** Where the build unpacked servers, if this machine had none. */
  public static Path bundledServers() {
    return Path.of(System.getProperty("sekisho.servers.directory", "var/servers"));
  }

  /** The servers, to stop, kill and start. */
  public LocalServers servers() {
    return servers;
  }

  /** The URLs; valid once the servers have been started. */
  public Endpoints endpoints() {
    return new Endpoints(servers.redis().url(), servers.mariaDb().url());
  }

  /** The data directory; gone after {@link #close()}. */
  public Path directory() {
    return directory.path();
  }

  @Override
  public void close() {
    directory.close();
  }
}
