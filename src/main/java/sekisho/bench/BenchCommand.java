package sekisho.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import sekisho.app.ConfigurationException;
import sekisho.app.Settings;
import sekisho.app.SettingsLoader;
import sekisho.bench.contest.RuleThresholds;
import sekisho.bench.load.EnvironmentException;
import sekisho.bench.load.ProcessRole;
import sekisho.bench.load.Target;
import sekisho.bench.output.BenchResult;
import sekisho.bench.output.BenchSettings;
import sekisho.bench.output.HistogramFile;
import sekisho.bench.output.ResultComparison;
import sekisho.bench.output.ResultJson;
import sekisho.bench.output.ResultPage;
import sekisho.bench.output.ResultText;
import sekisho.bench.raw.RawRoute;
import sekisho.file.FileProblem;
import sekisho.net.HostPort;

/**
 * The load generator's command line. Exit status 0 when everything the service did was right, 1
 * when anything was wrong, 2 when the run could not start.
 */
@Command(
    name = "bench",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = {
      "Drives a running login service as contest load does, checks every page, and compares /report with"
          + " what it did. The service must be in its seeded state: give --init, or run make init just before.",
      "With --raw it measures one route instead, and compares no report; run make init afterwards."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:everything was right", "1:something was wrong", "2:the run could not start"})
public final class BenchCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--url",
      paramLabel = "URL",
      defaultValue = "${env:URL}",
      description =
          "The service, http://host:port; several instances separated by commas (default: where the"
              + " service's settings say). Environment: URL.")
  private String url;

  @Option(
      names = "--metrics",
      paramLabel = "URL",
      description =
          "Where the service tells of its queue (default: /metrics of the management port that its settings"
              + " name, if they also name the service).")
  private URI metrics;

  @Option(names = "--allow-remote", description = "Allow a service on another machine.")
  private boolean allowRemote;

  @Option(
      names = "--duration",
      paramLabel = "SECONDS",
      defaultValue = "${env:DURATION:-60}",
      description = "Seconds of load; 60 is the contest's. Environment: DURATION.")
  private double duration;

  @Option(
      names = "--requests",
      paramLabel = "N",
      defaultValue = "0",
      description = "End after about so many requests if that is earlier; 0 for no limit.")
  private long requests;

  @Option(
      names = "--workload",
      paramLabel = "WORKERS",
      defaultValue = "${env:WORKLOAD}",
      description =
          "Workers of contest load (default: 8, or 64 with --ramp). Environment: WORKLOAD.")
  private Integer workload;

  @Option(
      names = "--keep-alive",
      description =
          "Keep each worker's connection for all its visits; contests open a new one for each.")
  private boolean keepAlive;

  @Option(
      names = "--init",
      paramLabel = "COMMAND",
      description =
          "Bring the service into the seeded state by this command of the shell, and begin at once.")
  private String init;

  @Option(
      names = "--init-limit",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "How long the init command may take.")
  private int initLimit;

  @Option(
      names = "--pretest-only",
      description = "Try each rule, notice and odd input once, and end without load.")
  private boolean pretestOnly;

  @Option(
      names = "--ramp",
      description =
          "Begin with one worker and double them up to --workload (64 unless it is given) until the rate"
              + " rises no more; print the rate at each number.")
  private boolean ramp;

  @Option(
      names = "--restart",
      paramLabel = "COMMAND",
      description =
          "After the load, start the service anew by this command of the shell, and compare its report with"
              + " that before.")
  private String restart;

  @Option(
      names = "--restart-limit",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "How long the restart command may take, and then the service until it answers.")
  private int restartLimit;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "${env:SEED:-1}",
      description = "The same seed makes each worker take the same decisions. Environment: SEED.")
  private long seed;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Where the data set and pid files are (default: as in the service's settings).")
  private Path dataDirectory;

  @Option(
      names = "--dataset",
      paramLabel = "DIR",
      description =
          "Where dummy_users.tsv and dummy_users_used.tsv are"
              + " (default: dataset below the data directory).")
  private Path dataset;

  @Option(
      names = "--user-lock-threshold",
      paramLabel = "N",
      description = "Failures that lock a user (default: as in the service's settings).")
  private Integer userLockThreshold;

  @Option(
      names = "--ip-ban-threshold",
      paramLabel = "N",
      description = "Failures that ban an address (default: as in the service's settings).")
  private Integer ipBanThreshold;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "For one request.")
  private int timeout;

  @Option(
      names = "--slow-limit",
      paramLabel = "SECONDS",
      defaultValue = "3",
      description = "A later answer is a failure of contest load.")
  private double slowLimit;

  @Option(
      names = "--report-timeout",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "For /report.")
  private int reportTimeout;

  @Option(
      names = "--raw",
      paramLabel = "ROUTE",
      converter = RouteName.class,
      description =
          "Measure one route: top (GET /), fail (wrong logins), login (right logins and their member page),"
              + " mypage (the member page), mixed.")
  private RawRoute raw;

  @Option(
      names = "--connections",
      paramLabel = "N",
      defaultValue = "64",
      description = "Connections of raw mode.")
  private int connections;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Requests a second in raw mode, with latencies from the moment each was due; 0 for a closed loop.")
  private double rate;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      defaultValue = "5",
      description =
          "Load before anything is counted, for both sides' JIT compilers; none with --requests or --ramp.")
  private double warmUp;

  @Option(
      names = "--service-pid",
      split = ",",
      paramLabel = "PID",
      showDefaultValue = Visibility.NEVER,
      description = "Processes of the service (default: the process that listens on the port).")
  private Set<Integer> servicePids = new TreeSet<>();

  @Option(
      names = "--redis-pid",
      split = ",",
      paramLabel = "PID",
      showDefaultValue = Visibility.NEVER,
      description =
          "Redis (default: by the pid files and command lines that name the data directory, else the only"
              + " process of that name).")
  private Set<Integer> redisPids = new TreeSet<>();

  @Option(
      names = "--mysql-pid",
      split = ",",
      paramLabel = "PID",
      showDefaultValue = Visibility.NEVER,
      description = "MySQL or MariaDB (default: like Redis).")
  private Set<Integer> mysqlPids = new TreeSet<>();

  @Option(names = "--json", paramLabel = "FILE", description = "Write the whole result as JSON.")
  private Path json;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Write a report with plots as one HTML file.")
  private Path html;

  @Option(
      names = "--hlog",
      paramLabel = "FILE",
      description = "Write the latencies as a log of HdrHistogram, for its own tools.")
  private Path hlog;

  @Option(
      names = "--compare",
      arity = "2",
      paramLabel = "FILE",
      showDefaultValue = Visibility.NEVER,
      description = "Make no run: print two results of --json beside each other.")
  private List<Path> compare = List.of();

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    try {
      if (!compare.isEmpty()) {
        ResultComparison.print(compare.get(0), compare.get(1), out);
        return 0;
      }
      BenchSettings settings = settings();
      out.println("Sekisho bench: " + settings.title() + " against " + url);
      out.flush();
      BenchResult result = new BenchRun(settings, out).run();
      new ResultText(out).print(result);
      write(result);
      return result.passed() ? 0 : 1;
    } catch (EnvironmentException e) {
      out.flush();
      spec.commandLine().getErr().println("bench: " + e.getMessage());
      spec.commandLine().getErr().flush();
      return 2;
    }
  }

  private BenchSettings settings() {
    require(
        duration > 0 && duration <= 86_400,
        "--duration must be more than 0 and at most 86400 seconds");
    int workers = workload != null ? workload : ramp ? 64 : 8;
    require(workers >= 1 && workers <= 10_000, "--workload must be from 1 to 10000");
    require(connections >= 1 && connections <= 10_000, "--connections must be from 1 to 10000");
    require(requests >= 0, "--requests must not be negative");
    require(rate >= 0 && rate <= 1e6, "--rate must be from 0 to 1000000");
    require(raw != null || rate == 0, "--rate needs --raw");
    require(
        raw == null || init == null && restart == null && !pretestOnly && !ramp,
        "--init, --restart, --pretest-only and --ramp are for contest load, not for --raw");
    require(initLimit >= 1 && restartLimit >= 1, "limits must be at least 1 second");
    require(warmUp >= 0, "--warm-up must not be negative");
    takeFromService();
    require(userLockThreshold >= 1 && ipBanThreshold >= 1, "thresholds must be at least 1");
    require(slowLimit > 0, "--slow-limit must be more than 0 seconds");
    require(timeout >= 1 && reportTimeout >= 1, "timeouts must be at least 1 second");
    Map<ProcessRole, Set<Integer>> pids = new EnumMap<>(ProcessRole.class);
    pids.put(ProcessRole.SERVICE, servicePids);
    pids.put(ProcessRole.REDIS, redisPids);
    pids.put(ProcessRole.MYSQL, mysqlPids);
    return new BenchSettings(
        Arrays.stream(url.split(",", -1))
            .map(each -> Target.of(each.strip(), allowRemote))
            .toList(),
        Optional.ofNullable(metrics),
        raw,
        raw == null ? workers : connections,
        duration,
        requests == 0 ? Long.MAX_VALUE : requests,
        rate,
        warmUp,
        keepAlive,
        new BenchSettings.Phases(
            Optional.ofNullable(init),
            Duration.ofSeconds(initLimit),
            pretestOnly,
            ramp,
            Optional.ofNullable(restart),
            Duration.ofSeconds(restartLimit)),
        seed,
        new RuleThresholds(userLockThreshold, ipBanThreshold),
        dataset == null ? dataDirectory.resolve("dataset") : dataset,
        dataDirectory,
        Duration.ofSeconds(timeout),
        Duration.ofMillis((long) (slowLimit * 1000)),
        Duration.ofSeconds(reportTimeout),
        pids);
  }

  /**
   * What was not said is as in the settings of the service, which this command finds as it does.
   */
  private void takeFromService() {
    Settings service;
    try {
      service = SettingsLoader.load(System.getenv());
    } catch (ConfigurationException e) {
      throw new EnvironmentException(e.getMessage());
    }
    if (url == null) {
      if (service.http().port().orElse(0) == 0) {
        throw new EnvironmentException(
            "the settings of the service name no TCP port (sekisho.http.port): give --url");
      }
      url = "http://" + local(service.http().host(), service.http().port().getAsInt());
      if (metrics == null && service.management().port() != 0) {
        metrics =
            URI.create(
                "http://"
                    + local(service.management().host(), service.management().port())
                    + "/metrics");
      }
    }
    dataDirectory = dataDirectory == null ? service.dataDirectory() : dataDirectory;
    userLockThreshold =
        userLockThreshold == null ? (Integer) service.thresholds().userLock() : userLockThreshold;
    ipBanThreshold =
        ipBanThreshold == null ? (Integer) service.thresholds().ipBan() : ipBanThreshold;
  }

  /** A service that listens on all addresses is reached over the loopback one. */
  private static String local(String host, int port) {
    return HostPort.text(host.matches("0[.]0[.]0[.]0|::") ? "127.0.0.1" : host, port);
  }

  private void require(boolean right, String message) {
    if (!right) {
      throw new ParameterException(spec.commandLine(), message);
    }
  }

  private void write(BenchResult result) {
    try {
      if (json != null) {
        createParent(json);
        ResultJson.write(result, json);
      }
      if (html != null) {
        createParent(html);
        ResultPage.write(result, html);
      }
      if (hlog != null) {
        createParent(hlog);
        HistogramFile.write(result, hlog);
      }
    } catch (IOException e) {
      throw new EnvironmentException(
          "cannot write the result: "
              + FileProblem.line(e)
              + "; give another --json, --html or --hlog");
    }
  }

  private static void createParent(Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
  }

  /** Routes are typed in lower case. */
  static final class RouteName implements ITypeConverter<RawRoute> {
    @Override
    public RawRoute convert(String name) {
      for (RawRoute route : RawRoute.values()) {
        if (route.name().toLowerCase(Locale.ROOT).equals(name)) {
          return route;
        }
      }
      throw new TypeConversionException(
          "expected one of top, fail, login, mypage, mixed, but was '" + name + "'");
    }
  }
}
