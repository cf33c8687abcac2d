package sekisho.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import sekisho.dev.server.LocalServers;
import sekisho.dev.server.ServerSettings;

/**
 * A place to run the jar in, as an operator would: a data directory, two free ports and an
 * environment of its own. Nothing that was started here, directly or by the service, outlives
 * {@link #close()}.
 */
public final class ServiceHome implements AutoCloseable {

  private static final Path JAR =
      Path.of(System.getProperty("sekisho.jar", "target/sekisho.jar")).toAbsolutePath();

  /** The tools beside the service, and its commands with the local servers. */
  private static final Path DEV_JAR =
      Path.of(System.getProperty("sekisho.dev.jar", "target/sekisho-dev.jar")).toAbsolutePath();

  private static final int FIRST_PORT = 10_000;
  private static final int LAST_PORT = 32_000;

  /** Suites that run side by side begin at different ones. */
  private static final AtomicInteger NEXT_PORT =
      new AtomicInteger(new SecureRandom().nextInt(LAST_PORT - FIRST_PORT));

  private final GuardedDirectory guard = GuardedDirectory.create();
  private final Path directory = guard.path();
  private final Map<String, String> environment = new TreeMap<>();
  private final List<ServiceProcess> started = new ArrayList<>();
  private Path jar = JAR;
  private String heap = "512m";
  private Path input = Path.of("/dev/null");
  private final List<String> options = new ArrayList<>();

  /** A home whose service would start servers of its own. */
  public ServiceHome() {
    environment.put("SEKISHO_DATA_DIR", directory.resolve("data").toString());
    environment.put("SEKISHO_HTTP_PORT", Integer.toString(freePort()));
    environment.put("SEKISHO_MANAGEMENT_PORT", Integer.toString(freePort()));
    // The tests start it hundreds of times.
    environment.put("SEKISHO_WARM_UP_MS", "0");
  }

  /** Sets a variable of the environment of what is started from now on; null removes it. */
  public ServiceHome with(String variable, String value) {
    if (value == null) {
      environment.remove(variable);
    } else {
      environment.put(variable, value);
    }
    return this;
  }

  /** Points the service to stores. */
  public ServiceHome with(SmallStores stores) {
    return with("SEKISHO_REDIS_URL", stores.redisUrl())
        .with("SEKISHO_MYSQL_URL", stores.mysqlUrl())
        .with("SEKISHO_REDIS_KEY_PREFIX", stores.prefix());
  }

  /** Takes another jar than the one that was built, from now on. */
  public ServiceHome withJar(Path other) {
    jar = other;
    return this;
  }

  /** Gives what is started from now on so much heap, such as {@code 512m}. */
  public ServiceHome withHeap(String size) {
    heap = size;
    return this;
  }

  /** Gives what is started from now on one more option of the Java machine; a later one counts. */
  public ServiceHome withOption(String option) {
    options.add(option);
    return this;
  }

  /** The jar that was built. */
  public static Path builtJar() {
    return JAR;
  }

  /**
   * Starts a command in a process group of its own: {@code serve} from the jar that is deployed,
   * any other from that of the tools.
   */
  public ServiceProcess start(String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx" + heap,
                // Names the directory, by which whatever is left over is found and ended.
                "-Djava.io.tmpdir=" + directory.resolve("tmp"),
                "-Dsekisho.servers.directory=" + TestServers.bundledServers().toAbsolutePath()));
    Path program = arguments.length > 0 && arguments[0].equals("serve") ? jar : DEV_JAR;
    command.addAll(SharedClasses.optionsFor(program));
    command.addAll(options);
    command.addAll(List.of("-jar", program.toString()));
    command.addAll(List.of(arguments));
    return startProgram(directory, command);
  }

  /** Runs the jar to its end, with a text on its standard input. */
  public Finished runWithInput(String text, String... arguments) {
    try {
      input = Files.writeString(directory.resolve("input"), text);
      return run(arguments);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      input = Path.of("/dev/null");
    }
  }

  /** Runs the jar to its end. */
  public Finished run(String... arguments) {
    return start(arguments).awaitEnd();
  }

  /** Starts any program in this environment and in a process group of its own. */
  public ServiceProcess startProgram(Path workingDirectory, List<String> program) {
    try {
      Files.createDirectories(directory.resolve("tmp"));
      // A test run in the background may have been started with SIGINT ignored, which would be
      // handed down.
      List<String> command = new ArrayList<>(List.of("setsid", "env", "--default-signal=INT"));
      command.addAll(program);
      Path out = directory.resolve("tmp/out-" + started.size());
      Path err = directory.resolve("tmp/err-" + started.size());
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(workingDirectory.toFile())
              .redirectInput(input.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      Map<String, String> variables = builder.environment();
      variables
          .keySet()
          .removeIf(
              name ->
                  name.startsWith("SEKISHO_") || name.startsWith("MAKE") || name.equals("MFLAGS"));
      variables.put(
          "PATH",
          TestServers.installedServers().stream()
                  .map(Path::toString)
                  .collect(Collectors.joining(File.pathSeparator, "", File.pathSeparator))
              + variables.get("PATH"));
      variables.putAll(environment);
      ServiceProcess process =
          new ServiceProcess(builder.start(), out, err, port(), managementPort());
      started.add(process);
      return process;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts {@code run} or {@code serve} and waits until attempts are accepted. */
  public ServiceProcess startReady(String command) {
    ServiceProcess process = start(command);
    process.awaitReady();
    return process;
  }

  /** The port of the public listener, 0 if it has none. */
  public int port() {
    String port = environment.get("SEKISHO_HTTP_PORT");
    return port.isEmpty() ? 0 : Integer.parseInt(port);
  }

  /** The port of the management listener. */
  public int managementPort() {
    return Integer.parseInt(environment.get("SEKISHO_MANAGEMENT_PORT"));
  }

  /** The data directory. */
  public Path data() {
    return Path.of(environment.get("SEKISHO_DATA_DIR"));
  }

  /** A place for files of the test; goes with the home. */
  public Path directory() {
    return directory;
  }

  /** The local data servers of this home, which the service starts. */
  public LocalServers servers() {
    return new LocalServers(ServerSettings.of(data(), TestServers.bundledServers()));
  }

  /** All that the processes started so far have printed. */
  public String everythingPrinted() {
    return started.stream()
        .map(process -> process.out() + process.err())
        .collect(Collectors.joining("\n"));
  }

  /** Kills what is running and removes everything. */
  @Override
  public void close() {
    started.forEach(ServiceProcess::kill);
    guard.close();
  }

  /**
   * A TCP port that nobody listens on now, another one at each call. It is below those that the
   * system gives to outgoing connections, which could take it before it is used.
   */
  public static int freePort() {
    while (true) {
      int port = FIRST_PORT + Math.floorMod(NEXT_PORT.getAndIncrement(), LAST_PORT - FIRST_PORT);
      try (ServerSocket socket = new ServerSocket(port)) {
        return socket.getLocalPort();
      } catch (IOException e) {
        // taken; the next one
      }
    }
  }

  /**
   * How a process ended.
   *
   * @param status its exit status
   * @param out what it printed on standard output
   * @param err what it printed on standard error
   */
  public record Finished(int status, String out, String err) {}
}
