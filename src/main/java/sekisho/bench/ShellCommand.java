package sekisho.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import sekisho.bench.load.Problem;
import sekisho.bench.load.Reason;

/** A command that the person who runs the benchmark has given, run by the shell. */
final class ShellCommand {

  private ShellCommand() {}

  /**
   * Runs a command to its end; its output goes where the benchmark's own goes.
   *
   * @param what it is called in messages
   * @param failure the reason of the problem when it fails
   * @param limit after which it is killed, with all that it has started
   * @throws Problem when it cannot be started, ends with another status than 0, or takes too long
   */
  static void run(String what, String command, Duration limit, Reason failure)
      throws InterruptedException {
    Process process;
    try {
      process = new ProcessBuilder("sh", "-c", command).inheritIO().start();
    } catch (IOException e) {
      throw new Problem(failure, what + ": cannot be started: " + e.getMessage());
    }
    if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      throw new Problem(failure, what + ": took longer than " + limit.toSeconds() + " s");
    }
    if (process.exitValue() != 0) {
      throw new Problem(failure, what + ": ended with status " + process.exitValue());
    }
  }
}
