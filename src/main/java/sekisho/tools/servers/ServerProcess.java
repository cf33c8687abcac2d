package sekisho.tools.servers;

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
 * The operating system's side of one server: start it on its own, find it again, end it.
 *
 * <p>A process is ours if its arguments hold the signature, which names files of our data directory. A process id alone
 * proves nothing: after a crash or a reboot it may belong to anybody.
 */
final class ServerProcess {

  /** Crash recovery of a large database takes its time. */
  private static final Duration START_PATIENCE = Duration.ofMinutes(2);
  private static final Duration STOP_PATIENCE = Duration.ofMinutes(1);
  private static final Duration PAUSE = Duration.ofMillis(10);
  private static final List<Path> SETSID = List.of(Path.of("/usr/bin/setsid"), Path.of("/bin/setsid"));
  /**
   * Starts its arguments in the background, prints their process id and ends. The server being no child of ours, no thread
   * waits for it in the kernel, which would hold up the end of the Java machine by 300 ms.
   */
  private static final String IN_BACKGROUND = "log=$1; shift; \"$@\" </dev/null >>\"$log\" 2>&1 & echo $!";
  private static final int LONGEST_LOG_TAIL = 64 * 1024;

  private final String product;
  private final Path pidFile;
  private final Path log;
  private final List<String> signature;

  /**
   * Makes the handle; nothing is started.
   *
   * @param product for messages
   * @param pidFile which the server itself writes
   * @param log receives what the server prints
   * @param signature arguments that no other process has
   */
  ServerProcess(String product, Path pidFile, Path log, List<String> signature) {
    this.product = product;
    this.pidFile = pidFile;
    this.log = log;
    this.signature = List.copyOf(signature);
  }

  /** The running server, if there is one. */
  Optional<ProcessHandle> find() {
    return fromPidFile().or(() -> ProcessHandle.allProcesses().filter(this::isOurs).findFirst());
  }

  /**
   * Starts the server in a session of its own, so that Ctrl-C in our terminal does not reach it, and waits until it is
   * ready.
   *
   * @param command program and arguments, the signature among them
   * @param probe gives the version once the server is ready
   * @return the version
   * @throws LocalServerException if it ends or is not ready in time; the message quotes its log
   */
  String start(List<String> command, Supplier<Optional<String>> probe) throws IOException {
    long logStart = Files.exists(log) ? Files.size(log) : 0;
    List<String> detached = new ArrayList<>(List.of("/bin/sh", "-c", IN_BACKGROUND, "sh", log.toString()));
    SETSID.stream().filter(Files::isExecutable).findFirst().ifPresent(setsid -> detached.add(setsid.toString()));
    detached.addAll(command);
    OwnerOnly.prepareLog(log);
    Process shell = ChildProcess.of(detached)
        .directory(log.getParent().toFile())
        .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
    String pid = new String(shell.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
    Optional<ProcessHandle> process = pid.isEmpty() ? Optional.empty() : ProcessHandle.of(Long.parseLong(pid));
    if (process.isEmpty()) {
      throw new LocalServerException(product + " ended while starting" + quoteLog(logStart));
    }
    return awaitReady(process.get(), probe, logStart);
  }

  /** Waits until a server that is already running is ready; see {@link #start}. */
  String awaitReady(ProcessHandle process, Supplier<Optional<String>> probe) throws IOException {
    return awaitReady(process, probe, Files.exists(log) ? Files.size(log) : 0);
  }

  private String awaitReady(ProcessHandle process, Supplier<Optional<String>> probe, long logStart) throws IOException {
    Instant deadline = Instant.now().plus(START_PATIENCE);
    while (Instant.now().isBefore(deadline)) {
      Optional<String> version = probe.get();
      if (version.isPresent()) {
        return version.get();
      }
      if (hasEnded(process)) {
        throw new LocalServerException(product + " ended while starting" + quoteLog(logStart));
      }
      Pause.of(PAUSE);
    }
    throw new LocalServerException(product + " (process " + process.pid() + ") is not ready after "
        + START_PATIENCE.toSeconds() + " s" + quoteLog(logStart));
  }

  /** Looks twice: while a process becomes another program, as the shell's child does, it has no arguments for a moment. */
  private boolean hasEnded(ProcessHandle process) {
    if (isOurs(process)) {
      return false;
    }
    Pause.of(PAUSE);
    return !process.isAlive() || !isOurs(process);
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
    Optional<ProcessHandle> found = find();
    if (found.isEmpty()) {
      return;
    }
    ProcessHandle process = found.get();
    boolean asked = forcibly ? process.destroyForcibly() : process.destroy();
    Instant deadline = Instant.now().plus(STOP_PATIENCE);
    while (isOurs(process)) {
      if (!asked || Instant.now().isAfter(deadline)) {
        throw new LocalServerException(product + " (process " + process.pid() + ") does not end; see " + log);
      }
      Pause.of(PAUSE);
    }
  }

  private Optional<ProcessHandle> fromPidFile() {
    try {
      return ProcessHandle.of(Long.parseLong(Files.readString(pidFile).strip())).filter(this::isOurs);
    } catch (IOException | NumberFormatException e) {
      return Optional.empty(); // absent or half written
    }
  }

  /** A zombie has no arguments any more, so that it counts as ended. */
  private boolean isOurs(ProcessHandle process) {
    return process.info().arguments().map(arguments -> List.of(arguments).containsAll(signature)).orElse(false);
  }

  private String quoteLog(long start) throws IOException {
    if (!Files.exists(log)) {
      return "";
    }
    List<String> lines;
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      file.seek(Math.max(start, file.length() - LONGEST_LOG_TAIL));
      byte[] tail = new byte[(int) (file.length() - file.getFilePointer())];
      file.readFully(tail);
      lines = new String(tail, StandardCharsets.UTF_8).lines().filter(line -> !line.isBlank()).toList();
    }
    return ": see " + log + LogLine.mostTelling(lines).map(line -> ", which says: " + line).orElse("");
  }
}
