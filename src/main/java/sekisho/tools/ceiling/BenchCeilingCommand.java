package sekisho.tools.ceiling;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import sekisho.http.page.Pages;

/**
 * {@code sekisho bench-ceiling}: runs the service and its {@linkplain CeilingCommand ceiling} in turn under the load generator's
 * raw mode, and prints what the service achieves as a share of it. Puts the local stores back to the seeded state first.
 */
@Command(name = "bench-ceiling", description = "Measure the service against a bare server without stores, in turn.",
    mixinStandardHelpOptions = true)
public final class BenchCeilingCommand implements Callable<Integer> {

  private static final int SERVICE_PORT = 18080;
  private static final int MANAGEMENT_PORT = 18081;
  private static final int CEILING_PORT = 18088;
  private static final int NGINX_PORT = 18089;

  @Option(names = "--rounds", defaultValue = "${env:ROUNDS:-3}",
      description = "How often each is measured (default: ${DEFAULT-VALUE}). Environment: ROUNDS.")
  private int rounds;

  @Option(names = "--duration", defaultValue = "${env:DURATION:-10}",
      description = "Seconds of each measurement (default: ${DEFAULT-VALUE}). Environment: DURATION.")
  private int duration;

  @Option(names = "--warm-up", defaultValue = "5", description = "Seconds before each that do not count (default: ${DEFAULT-VALUE}).")
  private int warmUp;

  @Option(names = "--java-options", split = " ", defaultValue = "-XX:+UseSerialGC -Xmx512m",
      description = "Options of both Java machines (default: ${DEFAULT-VALUE}).")
  private List<String> javaOptions;

  @Spec
  private CommandSpec spec;

  private Path work;

  /** One comparison. */
  private record Measure(String title, String route, Contender service, Contender other) {
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    work = Files.createTempDirectory("sekisho-ceiling");
    say("Putting the stores back to the seeded state");
    run(java("init"), Map.of());
    try (Contender service = Contender.start("service", SERVICE_PORT, java("run"), serviceEnvironment(), log("service"));
        Contender wrong = ceiling("ceiling", CEILING_PORT);
        Contender right = ceiling("ceiling", CEILING_PORT + 10, "--right");
        Contender nginx = nginx()) {
      List<Measure> measures = new ArrayList<>(List.of(
          new Measure("GET /", "top", service, wrong),
          new Measure("failing POST /login", "fail", service, wrong),
          new Measure("right POST /login, GET /mypage", "login", service, right)));
      if (nginx != null) {
        measures.add(new Measure("GET /", "top", service, nginx));
      }
      for (Measure measure : measures) {
        compare(measure);
      }
    }
    return 0;
  }

  private void compare(Measure measure) throws IOException, InterruptedException {
    List<Figures> service = new ArrayList<>();
    List<Figures> other = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      service.add(measure(measure.service(), measure.route()));
      other.add(measure(measure.other(), measure.route()));
    }
    ToDoubleFunction<Figures> rate = Figures::requestsPerSecond;
    ToDoubleFunction<Figures> cpu = Figures::cpuMicros;
    say(String.format("%-32s service %,8.0f/s  %-8s %,8.0f/s  ratio %.2f   CPU %5.1f µs  %5.1f µs  ratio %.2f   peak %.0f MiB",
        measure.title(), Figures.median(service, rate), measure.other().name(), Figures.median(other, rate),
        Figures.medianRatio(service, other, rate), Figures.median(service, cpu), Figures.median(other, cpu),
        Figures.medianRatio(service, other, cpu), Figures.median(service, Figures::peakMebibytes)));
    long failures = Stream.concat(service.stream(), other.stream()).mapToLong(Figures::failures).sum();
    if (failures > 0) {
      say("  " + failures + " answers were wrong: the figures above count for nothing");
    }
  }

  private Figures measure(Contender contender, String route) throws IOException, InterruptedException {
    Path result = work.resolve("result.json");
    Files.deleteIfExists(result);
    run(java("bench", "--raw", route, "--url", contender.url(), "--duration", Integer.toString(duration), "--warm-up",
        Integer.toString(warmUp), "--json", result.toString()), Map.of());
    return Figures.read(result, contender.name().equals("service"));
  }

  private Contender ceiling(String name, int port, String... options) {
    List<String> command = new ArrayList<>(java("ceiling", "--port", Integer.toString(port)));
    command.addAll(List.of(options));
    return Contender.start(name, port, command, Map.of(), log(name + port));
  }

  /** An nginx with one worker that serves the login page as a file; null if this machine has none. */
  private Contender nginx() throws IOException {
    Optional<Path> program = Stream.concat(Stream.of(System.getenv("PATH").split(":")), Stream.of("/usr/sbin"))
        .map(directory -> Path.of(directory, "nginx")).filter(Files::isExecutable).findFirst();
    if (program.isEmpty()) {
      say("nginx is not installed: not compared");
      return null;
    }
    Files.write(work.resolve("index.html"), new Pages().home(null).getBytes());
    Path configuration = work.resolve("nginx.conf");
    Files.writeString(configuration, """
        daemon off;
        worker_processes 1;
        pid %1$s/nginx.pid;
        error_log %1$s/nginx.log;
        events { worker_connections 1024; }
        http {
          access_log off;
          keepalive_requests 100000000;
          open_file_cache max=10;
          types { text/html html; }
          client_body_temp_path %1$s;
          proxy_temp_path %1$s;
          fastcgi_temp_path %1$s;
          uwsgi_temp_path %1$s;
          scgi_temp_path %1$s;
          server { listen 127.0.0.1:%2$d; root %1$s; }
        }
        """.formatted(work, NGINX_PORT));
    work.toFile().setExecutable(true, false);
    work.toFile().setReadable(true, false);
    return Contender.start("nginx", NGINX_PORT,
        List.of(program.get().toString(), "-c", configuration.toString(), "-p", work.toString(), "-e", work + "/nginx.log"),
        Map.of(), log("nginx"));
  }

  private List<String> java(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(javaOptions);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "sekisho.Main"));
    command.addAll(List.of(arguments));
    return command;
  }

  private static Map<String, String> serviceEnvironment() {
    return Map.of("SEKISHO_HTTP_PORT", Integer.toString(SERVICE_PORT),
        "SEKISHO_MANAGEMENT_PORT", Integer.toString(MANAGEMENT_PORT));
  }

  private void run(List<String> command, Map<String, String> environment) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log("run").toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    if (!process.waitFor(duration + warmUp + 120L, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }

  private Path log(String name) {
    return work.resolve(name + ".txt");
  }

  private void say(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }
}
