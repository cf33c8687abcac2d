package sekisho.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What the system does to a process of the test. */
public final class Signals {

  private Signals() {}

  /** Stops a process in its tracks, until {@link #resume}. */
  public static void pause(long pid) {
    run(List.of("kill", "-s", "STOP", "--", Long.toString(pid)));
  }

  /** Lets it go on. */
  public static void resume(long pid) {
    run(List.of("kill", "-s", "CONT", "--", Long.toString(pid)));
  }

  /**
   * Sets a limit of a process, such as {@code --fsize=1048576:}; the colon leaves the hard limit as
   * it is.
   */
  public static void limit(long pid, String limit) {
    run(List.of("prlimit", "--pid", Long.toString(pid), limit));
  }

  private static void run(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IllegalStateException(
            command + ": " + new String(process.getInputStream().readAllBytes()).strip());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
