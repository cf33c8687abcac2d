package sekisho.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import sekisho.testing.ServiceHome.Finished;

/** A process of the jar, or one that ends in it; made by {@link ServiceHome}. */
public final class ServiceProcess {

  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration END_LIMIT = Duration.ofMinutes(1);

  private final Process process;
  private final Path out;
  private final Path err;
  private final int port;
  private final int managementPort;

  ServiceProcess(Process process, Path out, Path err, int port, int managementPort) {
    this.process = process;
    this.out = out;
    this.err = err;
    this.port = port;
    this.managementPort = managementPort;
  }

  /** Waits until {@code /readyz} answers 200. */
  public void awaitReady() {
    Client management = new Client(managementPort);
    Until.isTrue(
        "the service is ready",
        START_LIMIT,
        () -> {
          if (!process.isAlive()) {
            throw new IllegalStateException(
                "ended with " + process.exitValue() + "\n" + out() + err());
          }
          return management.status("GET", "/readyz") == 200;
        });
  }

  /** Waits for a text in the output. */
  public void awaitPrinted(String text) {
    Until.isTrue(
        "prints '" + text + "'",
        START_LIMIT,
        () -> {
          if (!process.isAlive() && !out().contains(text)) {
            throw new IllegalStateException(
                "ended with " + process.exitValue() + "\n" + out() + err());
          }
          return out().contains(text);
        });
  }

  /** Waits for the end. */
  public Finished awaitEnd() {
    try {
      if (!process.waitFor(END_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("does not end\n" + out() + err());
      }
      return new Finished(process.exitValue(), out(), err());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Sends a signal, such as TERM, to the process alone. */
  public void signal(String name) {
    send(name, Long.toString(process.pid()));
  }

  /** Sends a signal to the whole process group, as Ctrl-C does. */
  public void signalGroup(String name) {
    send(name, "-" + process.pid());
  }

  /** Ends the process group with SIGKILL and waits; does nothing once the process has ended. */
  public void kill() {
    if (process.isAlive()) {
      signalGroup("KILL");
      awaitEnd();
    }
  }

  /** A client of the public listener. */
  public Client client() {
    return new Client(port);
  }

  /** A client of the management listener. */
  public Client management() {
    return new Client(managementPort);
  }

  /** The process id. */
  public long pid() {
    return process.pid();
  }

  /** Whether the process has not ended. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** What was printed on standard output until now. */
  public String out() {
    return read(out);
  }

  /** What was printed on standard error until now. */
  public String err() {
    return read(err);
  }

  private static void send(String name, String target) {
    try {
      if (new ProcessBuilder("kill", "-s", name, "--", target).start().waitFor() != 0) {
        throw new IllegalStateException("cannot send " + name + " to " + target);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
