package sekisho.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A fresh temporary directory with a short path. However this JVM ends, be it with SIGKILL, nothing
 * is left of it: a watching shell holds the other end of a pipe, and cleans up when the pipe
 * closes.
 */
public final class GuardedDirectory implements AutoCloseable {

  /**
   * In a session of its own, so that what ends the test run does not end it. Ends every process
   * that has a file of the directory among its arguments, then removes the directory.
   */
  private static final String WATCH =
      """
      cat
      for process in /proc/[0-9]*; do
        case "$(tr '\\0' ' ' < "$process/cmdline")" in
          *"$1"/*) kill -9 "${process#/proc/}" ;;
        esac
      done
      rm -rf "$1"
      """;

  private final Path path;
  private final Process watcher;

  private GuardedDirectory(Path path, Process watcher) {
    this.path = path;
    this.watcher = watcher;
  }

  /** Makes one; close it. */
  public static GuardedDirectory create() {
    try {
      Path path = Files.createTempDirectory("sekisho-").toRealPath();
      return new GuardedDirectory(
          path,
          new ProcessBuilder("setsid", "sh", "-c", WATCH, "watcher", path.toString())
              .redirectOutput(new File("/dev/null"))
              .redirectError(new File("/dev/null"))
              .start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where it is, an absolute path without symbolic links. */
  public Path path() {
    return path;
  }

  /**
   * Ends every process that has a file of the directory among its arguments, and removes the
   * directory.
   */
  @Override
  public void close() {
    try {
      watcher.getOutputStream().close();
      if (!watcher.waitFor(30, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the watcher of " + path + " does not end");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
