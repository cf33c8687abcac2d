package sekisho.bench.ceiling;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import sekisho.app.StartException;

/** The servers that are compared; each is started when it is first asked for. */
final class BenchEnvironment implements AutoCloseable {

  private static final int REPORT_MILLIS = 60_000;
  private static final long COMMAND_SECONDS = 120;

  /** So many attempts never wait, so that nothing is moved to MySQL by itself. */
  private static final String NEVER = "100000000";

  private final List<String> javaOptions;
  private final int port;
  private final Path work;
  private final Deque<SystemUnderTest> started = new ArrayDeque<>();
  private SystemUnderTest service;
  private SystemUnderTest serviceWithoutFlush;
  private SystemUnderTest wrong;
  private SystemUnderTest right;
  private SystemUnderTest nginx;

  /**
   * Nothing is started yet.
   *
   * @param javaOptions of all Java machines
   * @param port the first of twenty that are used on 127.0.0.1
   */
  BenchEnvironment(List<String> javaOptions, int port) throws IOException {
    this.javaOptions = List.copyOf(javaOptions);
    this.port = port;
    this.work = Files.createTempDirectory("sekisho-ceiling");
  }

  /** The service as it is by default. */
  SystemUnderTest service() {
    service = service == null ? keep(startService("service", port, Map.of())) : service;
    return service;
  }

  /** The service on the same stores that moves nothing to MySQL until it is asked for a report. */
  SystemUnderTest serviceWithoutFlush() {
    serviceWithoutFlush =
        serviceWithoutFlush == null
            ? keep(
                startService(
                    "service without flush", port + 2, Map.of("SEKISHO_FLUSH_THRESHOLD", NEVER)))
            : serviceWithoutFlush;
    return serviceWithoutFlush;
  }

  /** The bare server that answers every login as a wrong one. */
  SystemUnderTest ceiling() {
    wrong = wrong == null ? keep(startCeiling(port + 4)) : wrong;
    return wrong;
  }

  /** The bare server that answers every login as a right one. */
  SystemUnderTest ceilingOfRightLogins() {
    right = right == null ? keep(startCeiling(port + 5, "--right")) : right;
    return right;
  }

  /** An nginx, where there is one. */
  Optional<SystemUnderTest> nginx() throws IOException {
    Optional<Path> program = Nginx.program();
    if (nginx == null && program.isPresent()) {
      nginx = keep(Nginx.start(program.get(), work, port + 6));
    }
    return Optional.ofNullable(nginx);
  }

  /** One more service, to be closed by the caller. */
  SystemUnderTest anotherService() {
    return startService("another service", port + 8, Map.of());
  }

  /** Moves what waits to MySQL, so that no measurement pays for the one before. */
  void drain() throws IOException {
    HttpURLConnection report =
        (HttpURLConnection) URI.create(service().url() + "/report").toURL().openConnection();
    report.setReadTimeout(REPORT_MILLIS);
    if (report.getResponseCode() != 200) {
      throw new StartException(
          "/report answered " + report.getResponseCode() + "; see " + service().log());
    }
    report.getInputStream().readAllBytes();
  }

  /**
   * Puts the stores back to the seeded state with {@code make init}, or without make where there is
   * no Makefile.
   */
  void init() throws IOException, InterruptedException {
    run(Files.exists(Path.of("Makefile")) ? List.of("make", "ARGS=", "init") : java("init"));
  }

  /** A file for results. */
  Path file(String name) {
    return work.resolve(name);
  }

  @Override
  public void close() {
    while (!started.isEmpty()) {
      started.pop().close();
    }
  }

  private SystemUnderTest keep(SystemUnderTest system) {
    started.push(system);
    return system;
  }

  private SystemUnderTest startService(String name, int httpPort, Map<String, String> settings) {
    Map<String, String> environment = new HashMap<>(settings);
    environment.put("SEKISHO_HTTP_PORT", Integer.toString(httpPort));
    environment.put("SEKISHO_MANAGEMENT_PORT", Integer.toString(httpPort + 1));
    return SystemUnderTest.start(
        name, httpPort, java("run"), environment, file(name.replace(' ', '-') + ".txt"));
  }

  private SystemUnderTest startCeiling(int ceilingPort, String... options) {
    List<String> command =
        new ArrayList<>(java("ceiling", "--port", Integer.toString(ceilingPort)));
    command.addAll(List.of(options));
    return SystemUnderTest.start(
        "ceiling", ceilingPort, command, Map.of(), file("ceiling-" + ceilingPort + ".txt"));
  }

  private List<String> java(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(javaOptions);
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), "sekisho.dev.command.DevMain"));
    command.addAll(List.of(arguments));
    return command;
  }

  private void run(List<String> command) throws IOException, InterruptedException {
    Path log = file(command.get(command.size() - 1) + ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    // A make within a make would say so in what it prints, and look for the other's job server.
    builder.environment().keySet().removeAll(List.of("MAKEFLAGS", "MAKELEVEL", "MFLAGS"));
    Process process = builder.start();
    if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new StartException(
          String.join(" ", command) + " took more than " + COMMAND_SECONDS + " s; see " + log);
    }
    if (process.exitValue() != 0) {
      throw new StartException(String.join(" ", command) + " failed; see " + log);
    }
  }
}
