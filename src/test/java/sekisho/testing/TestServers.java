package sekisho.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import sekisho.tools.servers.Durability;
import sekisho.tools.servers.Endpoints;
import sekisho.tools.servers.LocalServers;
import sekisho.tools.servers.ServerSettings;

/**
 * A real Redis and a real MariaDB for tests, in a fresh temporary directory. However this JVM ends, be it with SIGKILL,
 * nothing is left of them: a watching shell holds the other end of a pipe, and cleans up when the pipe closes.
 *
 * <p>Most tests use {@link #shared()} and begin by emptying what they use. A test that stops or kills servers makes a
 * pair of its own with {@link #start()}.
 */
public final class TestServers implements AutoCloseable {

  /**
   * In a session of its own, so that what ends the test run does not end it. Ends every process that has a file of the
   * directory among its arguments, then removes the directory.
   */
  private static final String WATCH = """
      cat
      for process in /proc/[0-9]*; do
        case "$(tr '\\0' ' ' < "$process/cmdline")" in
          *"$1"/*) kill -9 "${process#/proc/}" ;;
        esac
      done
      rm -rf "$1"
      """;

  private final Path directory;
  private final LocalServers servers;
  private final Process watcher;

  private TestServers(ServerSettings settings, Process watcher) {
    this.directory = settings.dataDirectory();
    this.servers = new LocalServers(settings);
    this.watcher = watcher;
  }

  private static final class Shared {
    private static final TestServers INSTANCE = start();
  }

  /** The pair that all tests of this JVM share, running. */
  public static Endpoints shared() {
    return Shared.INSTANCE.endpoints();
  }

  /** A pair of one's own, running; close it. */
  public static TestServers start() {
    TestServers pair = prepare(installedServers());
    pair.servers.start();
    return pair;
  }

  /**
   * A pair of one's own, not yet started; close it.
   *
   * @param searchPath where installed servers are looked for; none means the bundled ones
   */
  public static TestServers prepare(List<Path> searchPath) {
    try {
      Path directory = Files.createTempDirectory("sekisho-").toRealPath();
      Process watcher = new ProcessBuilder("setsid", "sh", "-c", WATCH, "watcher", directory.toString())
          .redirectOutput(new File("/dev/null"))
          .redirectError(new File("/dev/null"))
          .start();
      return new TestServers(ServerSettings.of(directory, bundledServers())
          .withSearchPath(searchPath)
          .withDurability(Durability.PROCESS_DEATH), watcher);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
    return directory;
  }

  @Override
  public void close() {
    try {
      watcher.getOutputStream().close();
      if (!watcher.waitFor(30, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the watcher of " + directory + " does not end");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
