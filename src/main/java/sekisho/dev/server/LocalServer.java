package sekisho.dev.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import sekisho.file.FileProblem;

/**
 * One data server on a Unix socket in a directory of its own. It keeps running when this process
 * ends. Any number of threads and processes may use the same directory.
 */
public abstract sealed class LocalServer permits RedisServer, MariaDbServer {

  private final String product;
  private final Path directory;
  private final ServerSettings settings;
  private final ServerProcess process;
  private final List<String> signature;

  /**
   * @param signature arguments that are its own
   */
  LocalServer(
      String product,
      Path directory,
      ServerSettings settings,
      Path workingDirectory,
      List<String> programs,
      List<String> signature) {
    this.product = product;
    this.directory = directory;
    this.settings = settings;
    this.signature = List.copyOf(signature);
    this.process =
        new ServerProcess(
            product,
            pidFile(directory),
            log(),
            socket(),
            new ServerIdentity(
                List.of(directory, workingDirectory), Set.copyOf(programs), signature));
  }

  /**
   * Starts the server unless it runs already, and waits until it is ready.
   *
   * @throws LocalServerException if there is no such program, or if it does not get ready
   */
  public final void start() {
    holdingDirectory(this::startIfStopped);
  }

  /** Ends the server gracefully and waits until it has ended; does nothing if it is not running. */
  public final void stop() {
    end(process::terminate);
  }

  /** Ends the server with SIGKILL and waits until it has ended, for tests of what survives that. */
  public final void kill() {
    end(process::kill);
  }

  /** Whether the server's process exists, ready or not. */
  public final boolean isRunning() {
    requireAccess();
    return process.find().isPresent() || isServedByOthers();
  }

  /**
   * Whether there are data of this server, running or not. Makes no file.
   *
   * @return false where it was never started
   * @throws LocalServerException if the directory is somebody else's
   */
  public final boolean hasData() {
    requireAccess();
    return Files.exists(data());
  }

  /** The server's process id, if it is running. */
  public final OptionalLong pid() {
    return process.find().map(handle -> OptionalLong.of(handle.pid())).orElse(OptionalLong.empty());
  }

  /**
   * Where clients connect. It is the same at each start.
   *
   * @throws LocalServerException if the server has never been started and the URL needs a password
   */
  public abstract String url();

  /** Finds the program; asked only if the server has to be started. */
  abstract ServerProgram program();

  /** A file or directory that is there once there are data. */
  abstract Path data();

  /**
   * Brings the files in order before a start: configuration, and the data directory if there is
   * none yet.
   */
  abstract void prepare(ServerProgram program) throws IOException;

  /** Arguments beside the signature. */
  abstract List<String> arguments(ServerProgram program);

  /** The version, once the server is ready. */
  abstract Optional<String> probe();

  final void startIfStopped() throws IOException {
    // One that is just ending, or that nobody can reach any more, is waited for until it has ended.
    for (Optional<ProcessHandle> running = process.find();
        running.isPresent();
        running = process.find()) {
      Optional<String> version = process.awaitReady(running.get(), this::probe);
      if (version.isPresent()) {
        tellRunning(version.get());
        return;
      }
    }
    Optional<String> answering = probe();
    if (answering.isPresent()) {
      tellRunning(answering.get());
      return;
    }
    ServerProgram program = program();
    prepare(program);
    Files.deleteIfExists(
        socket()); // left over by a killed server: a probe of it would only waste time
    List<String> command = new ArrayList<>(List.of(program.executable().toString()));
    command.addAll(signature);
    command.addAll(arguments(program));
    String version = process.start(command, this::probe);
    OwnerOnly.restrict(socket()); // MariaDB lets everybody connect who gets that far
    tell(
        product
            + " "
            + shortened(version)
            + " ready on "
            + readable(socket())
            + " ("
            + program.origin()
            + ")");
  }

  private void tellRunning(String version) {
    tell(product + " " + shortened(version) + " is running on " + readable(socket()));
  }

  /**
   * In another container that shares the directory, for example: its process can't be seen from
   * here.
   */
  private boolean isServedByOthers() {
    return Files.exists(socket()) && probe().isPresent();
  }

  /** Ends what works in that directory without being the server. */
  final void endLeftovers(Path workingDirectory) {
    process.endThoseIn(workingDirectory);
  }

  final void killWhileHolding() {
    process.kill();
  }

  final void holdingDirectory(DirectoryLock.Action action) {
    int length = socket().toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > SocketProbe.LONGEST_PATH) {
      throw new LocalServerException(
          "the path of the Unix socket "
              + socket()
              + " has "
              + length
              + " bytes, the system allows "
              + SocketProbe.LONGEST_PATH
              + ": set SEKISHO_DATA_DIR to a shorter path");
    }
    requireAccess();
    try {
      OwnerOnly.directory(directory);
      DirectoryLock.holding(directory, action);
    } catch (IOException e) {
      throw new LocalServerException(
          product
              + ": cannot use "
              + directory
              + " ("
              + FileProblem.reason(directory, e)
              + "): set SEKISHO_DATA_DIR to a directory that may be written",
          e);
    }
  }

  private void requireAccess() {
    for (Path each : List.of(settings.dataDirectory(), directory)) {
      if (Files.isDirectory(each) && !(Files.isReadable(each) && Files.isExecutable(each))) {
        String owner;
        try {
          owner = Files.getOwner(each).getName();
        } catch (IOException e) {
          owner = "another user";
        }
        throw new LocalServerException(
            each
                + " belongs to "
                + owner
                + ", and is not for "
                + System.getProperty("user.name")
                + " to use: run this as "
                + owner
                + ", or set SEKISHO_DATA_DIR to a directory of your own");
      }
    }
  }

  final ServerSettings settings() {
    return settings;
  }

  final Path directory() {
    return directory;
  }

  final Path log() {
    return directory.resolve(directory.getFileName() + ".log");
  }

  final Path socket() {
    return directory.resolve(directory.getFileName() + ".sock");
  }

  final void tell(String line) {
    settings.progress().accept(line);
  }

  static Path pidFile(Path directory) {
    return directory.resolve("pid");
  }

  private void end(Runnable how) {
    if (Files.isDirectory(directory)) {
      holdingDirectory(
          () -> {
            if (process.find().isPresent()) {
              how.run();
              tell(product + " stopped");
            } else if (isServedByOthers()) {
              throw new LocalServerException(
                  product
                      + " answers on "
                      + readable(socket())
                      + ", but its process is not to be seen from"
                      + " here: stop it in the container, or as the user, that it was started in");
            }
          });
    }
  }

  /** A path as a person in the current directory would write it. */
  private static String readable(Path path) {
    Path here = Path.of("").toAbsolutePath();
    return path.startsWith(here) ? here.relativize(path).toString() : path.toString();
  }

  /** {@code 11.4.5-MariaDB-log} is 11.4.5. */
  private static String shortened(String version) {
    return version.replaceFirst("-.*", "");
  }
}
