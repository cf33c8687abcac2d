package sekisho.bench.ceiling;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import sekisho.app.StartException;

/**
 * A server that is measured, as a process of its own.
 *
 * @param name what it is called in the results
 * @param port where it listens on 127.0.0.1
 * @param log what it prints
 */
record SystemUnderTest(String name, int port, Process process, Path log) implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofMinutes(1);
  private static final Pattern READY = Pattern.compile("ready (\\d+) ms after");

  /**
   * Starts it and waits until it listens.
   *
   * @param name what it is called in the results
   * @param port where it will listen
   * @param command the command line
   * @param environment variables in addition to this process's own
   * @param log takes what it prints
   * @throws StartException when it does not start
   */
  static SystemUnderTest start(
      String name, int port, List<String> command, Map<String, String> environment, Path log) {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    try {
      if (listens(port)) {
        throw new StartException(
            "another process listens on port " + port + ": end it, or choose others with --port");
      }
      SystemUnderTest system = new SystemUnderTest(name, port, builder.start(), log);
      system.awaitListening();
      return system;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + name, e);
    }
  }

  /** Where it is reached. */
  String url() {
    return "http://127.0.0.1:" + port;
  }

  /** Whether Redis works for it, and its CPU time counts. */
  boolean usesRedis() {
    return name.startsWith("service");
  }

  /**
   * What the service says that its start took, in milliseconds from the start of the Java machine.
   */
  double readyMillis() throws IOException {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (true) {
      Matcher ready = READY.matcher(Files.readString(log));
      if (ready.find()) {
        return Double.parseDouble(ready.group(1));
      }
      pauseUnlessLost(deadline);
    }
  }

  /** The most memory that it ever had resident, in MiB; {@code VmHWM} of proc(5). */
  double peakMebibytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElse(Double.NaN);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(15, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private void awaitListening() {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (!listens(port)) {
      pauseUnlessLost(deadline);
    }
  }

  private void pauseUnlessLost(long deadline) {
    if (!process.isAlive() || System.nanoTime() > deadline) {
      close();
      throw new StartException(name + " did not start; see " + log);
    }
    try {
      TimeUnit.MILLISECONDS.sleep(20);
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), 200);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
