package sekisho.dev.server;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The operating system's side of one server: start it on its own, find it again by its {@link
 * ServerIdentity}, end it.
 */
final class ServerProcess {

  /** Crash recovery of a large database takes its time. */
  private static final Duration START_PATIENCE = Duration.ofMinutes(2);

  private static final Duration STOP_PATIENCE = Duration.ofMinutes(1);
  private static final Duration PAUSE = Duration.ofMillis(10);
  private static final List<Path> SETSID =
      List.of(Path.of("/usr/bin/setsid"), Path.of("/bin/setsid"));

  /**
   * Starts its arguments in the background, prints their process id and ends. The server being no
   * child of ours, no thread waits for it in the kernel, which would hold up the end of the Java
   * machine by 300 ms.
   */
  private static final String IN_BACKGROUND =
      "log=$1; shift; \"$@\" </dev/null >>\"$log\" 2>&1 & echo $!";

  private static final int LONGEST_LOG_TAIL = 64 * 1024;

  private final String product;
  private final Path pidFile;
  private final Path log;
  private final Path socket;
  private final ServerIdentity identity;

  ServerProcess(String product, Path pidFile, Path log, Path socket, ServerIdentity identity) {
    this.product = product;
    this.pidFile = pidFile;
    this.log = log;
    this.socket = socket;
    this.identity = identity;
  }

  /** The running server, if there is one. */
  Optional<ProcessHandle> find() {
    return fromPidFile()
        .or(() -> ProcessHandle.allProcesses().filter(identity::matches).findFirst());
  }

  /**
   * Starts the server in a session of its own, so that Ctrl-C in our terminal does not reach it,
   * and waits until it is ready.
   *
   * @param command program and arguments, the signature among them
   * @param probe gives the version once the server is ready
   * @throws LocalServerException if it ends or is not ready in time; the message quotes its log
   */
  String start(List<String> command, Supplier<Optional<String>> probe) throws IOException {
    long logStart = Files.exists(log) ? Files.size(log) : 0;
    List<String> detached =
        new ArrayList<>(List.of("/bin/sh", "-c", IN_BACKGROUND, "sh", log.toString()));
    SETSID.stream()
        .filter(Files::isExecutable)
        .findFirst()
        .ifPresent(setsid -> detached.add(setsid.toString()));
    detached.addAll(command);
    OwnerOnly.prepareLog(log);
    Process shell =
        ChildProcess.of(detached)
            .directory(log.getParent().toFile())
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    String pid =
        new String(shell.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
    Optional<ProcessHandle> process =
        pid.isEmpty() ? Optional.empty() : ProcessHandle.of(Long.parseLong(pid));
    if (process.isEmpty()) {
      throw new LocalServerException(product + " ended while starting" + quoteLog(logStart));
    }
    return awaitReady(process.get(), probe, logStart)
        .orElseThrow(
            () ->
                new LocalServerException(
                    product
                        + " ended while starting"
                        + quoteLog(logStart)
                        + LogLine.roomFor(log.getParent())));
  }

  /**
   * Waits until a server that is already running is ready. One whose socket somebody removed never
   * will be: it is ended.
   *
   * @return the version; empty if it has ended
   * @throws LocalServerException if it is not ready in time; the message quotes its log
   */
  Optional<String> awaitReady(ProcessHandle process, Supplier<Optional<String>> probe)
      throws IOException {
    if (!Files.exists(socket) && ServerIdentity.accepts(process) && !Files.exists(socket)) {
      end(process, false);
    }
    return awaitReady(process, probe, Files.exists(log) ? Files.size(log) : 0);
  }

  private Optional<String> awaitReady(
      ProcessHandle process, Supplier<Optional<String>> probe, long logStart) {
    Instant deadline = Instant.now().plus(START_PATIENCE);
    while (Instant.now().isBefore(deadline)) {
      Optional<String> version = probe.get();
      if (version.isPresent()) {
        return version;
      }
      if (!ServerIdentity.isRunning(process)) {
        return Optional.empty();
      }
      Pause.of(PAUSE);
    }
    throw new LocalServerException(
        product
            + " (process "
            + process.pid()
            + ") is not ready after "
            + START_PATIENCE.toSeconds()
            + " s"
            + quoteLog(logStart));
  }

  /** Asks the server to end, and waits until it has. */
  void terminate() {
    end(false);
  }

  /** Ends the server with SIGKILL, and waits until it has ended. */
  void kill() {
    end(true);
  }

  private void end(boolean forcibly) {
    for (Optional<ProcessHandle> found = find(); found.isPresent(); found = find()) {
      end(found.get(), forcibly);
    }
  }

  private void end(ProcessHandle process, boolean forcibly) {
    boolean asked = forcibly ? process.destroyForcibly() : process.destroy();
    Instant deadline = Instant.now().plus(STOP_PATIENCE);
    while (ServerIdentity.isRunning(process)) {
      if (!asked || Instant.now().isAfter(deadline)) {
        throw new LocalServerException(
            product + " (process " + process.pid() + ") does not end; see " + log);
      }
      Pause.of(PAUSE);
    }
  }

  /**
   * Ends what an earlier start left behind, which was killed before it could.
   *
   * @param directory in which the product's program works
   */
  void endThoseIn(Path directory) {
    ProcessHandle.allProcesses()
        .filter(process -> identity.isProgramIn(process, directory))
        .forEach(process -> end(process, true));
  }

  private Optional<ProcessHandle> fromPidFile() {
    try {
      return ProcessHandle.of(Long.parseLong(Files.readString(pidFile).strip()))
          .filter(identity::matches);
    } catch (IOException | NumberFormatException e) {
      return Optional.empty(); // absent or half written
    }
  }

  private String quoteLog(long start) {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      file.seek(Math.min(file.length(), Math.max(start, file.length() - LONGEST_LOG_TAIL)));
      byte[] tail = new byte[(int) (file.length() - file.getFilePointer())];
      file.readFully(tail);
      List<String> lines =
          new String(tail, StandardCharsets.UTF_8).lines().filter(line -> !line.isBlank()).toList();
      return ": see "
          + log
          + LogLine.mostTelling(lines).map(line -> ", which says: " + line).orElse("");
    } catch (IOException e) {
      return ""; // the server has printed nothing
    }
  }
}
