package sekisho.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import sekisho.testing.Browser;
import sekisho.testing.HttpProbe;
import sekisho.testing.HttpReply;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceUnderTest;
import sekisho.testing.Until;

/**
 * What Prometheus is shown, and what dashboard and alert rules ask for. Where its tools are on the
 * PATH, they judge both.
 */
class MonitoringIT {

  private static final Path DASHBOARD = Path.of("conf/grafana-dashboard.json");
  private static final Path ALERTS = Path.of("conf/prometheus-alerts.yml");

  /** A metric, as a query names it. */
  private static final Pattern METRIC =
      Pattern.compile("\\b(?:sekisho|process|jvm)_[a-z_]+(?=[\\[{ )]|$)");

  @RegisterExtension static final ServiceUnderTest SERVICE = ServiceUnderTest.with();

  @BeforeAll
  static void attack() {
    for (String name : new String[] {"isucon1", "isucon1", "nobody"}) {
      try (Browser browser = new Browser(SERVICE.port(), "203.0.113.9")) {
        browser.login(name, "wrong");
        browser.get("/report");
      }
    }
  }

  private static String metrics() {
    return HttpProbe.once(
            SERVICE.managementPort(), "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .text();
  }

  private static Set<String> exported() {
    return metrics()
        .lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split("[{ ]", 2)[0])
        .collect(Collectors.toSet());
  }

  private static Set<String> named(String text) {
    Set<String> names = new TreeSet<>();
    Matcher matcher = METRIC.matcher(text);
    while (matcher.find()) {
      names.add(matcher.group());
    }
    return names;
  }

  @Test
  void thereAreCountersHistogramsAndWhatTheStoresHold() {
    assertThat(metrics())
        .contains(
            "sekisho_attempts_total{outcome=\"wrong\"} 3.0",
            "sekisho_http_request_duration_seconds_count{route=\"login\",status=\"3xx\"} 3",
            "sekisho_http_request_duration_seconds_bucket{route=\"login\",status=\"3xx\",le=\"10.0\"} 3",
            "sekisho_store_call_duration_seconds_count 3",
            "sekisho_store_call_attempts_sum 3.0",
            "sekisho_store_up{store=\"redis\"} 1.0",
            "sekisho_store_up{store=\"mysql\"} 1.0",
            "sekisho_instances 1.0",
            "sekisho_build_info{");
    assertThat(exported())
        .contains(
            "sekisho_queue_oldest_seconds",
            "sekisho_flush_lag",
            "sekisho_banned_addresses",
            "sekisho_locked_users",
            "process_cpu_seconds_total",
            "process_resident_memory_bytes",
            "process_open_fds");
  }

  @Test
  void dashboardAndAlertsNameOnlyWhatIsExported() throws IOException {
    Set<String> exported = exported();
    StringBuilder queries = new StringBuilder();
    for (JsonNode panel : new ObjectMapper().readTree(DASHBOARD.toFile()).get("panels")) {
      for (JsonNode target : panel.get("targets")) {
        queries.append(target.get("expr").asText()).append('\n');
      }
    }
    assertThat(named(queries.toString())).hasSizeGreaterThan(20).isSubsetOf(exported);
    assertThat(named(Files.readString(ALERTS))).hasSizeGreaterThan(10).isSubsetOf(exported);
  }

  @Test
  void eachAlertHasAnAnswerInTheDocuments() throws IOException {
    String operations = Files.readString(Path.of("docs/operations.md"));
    assertThat(Files.readString(ALERTS).lines().filter(line -> line.contains("- alert: ")))
        .hasSizeGreaterThan(10)
        .allSatisfy(line -> assertThat(operations).contains("`" + line.strip().substring(9) + "`"));
  }

  @Test
  void promtoolFindsNothing(@TempDir Path directory) throws Exception {
    assertThat(finished(directory, metrics(), "promtool", "check", "metrics")).isEmpty();
    assertThat(
            finished(
                directory, "", "promtool", "check", "rules", ALERTS.toAbsolutePath().toString()))
        .contains("SUCCESS");
  }

  private static String finished(Path directory, String input, String... command)
      throws IOException, InterruptedException {
    Path in = Files.writeString(directory.resolve("input"), input);
    Process process = start(new ProcessBuilder(command).redirectInput(in.toFile()));
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  private static Process start(ProcessBuilder builder) throws IOException {
    try {
      return builder.redirectErrorStream(true).start();
    } catch (IOException e) {
      assumeThat(false).as(builder.command().get(0) + " is not there").isTrue();
      throw e;
    }
  }

  @Test
  void aRealPrometheusScrapesIt(@TempDir Path directory) throws Exception {
    int port = ServiceHome.freePort();
    Path config =
        Files.writeString(
            directory.resolve("prometheus.yml"),
            """
            global: {scrape_interval: 200ms, evaluation_interval: 200ms}
            rule_files: ["%s"]
            scrape_configs:
              - job_name: sekisho
                static_configs: [{targets: ["127.0.0.1:%d"]}]
            """
                .formatted(ALERTS.toAbsolutePath(), SERVICE.managementPort()));
    Process prometheus =
        start(
            new ProcessBuilder(
                    "prometheus",
                    "--config.file=" + config,
                    "--storage.tsdb.path=" + directory.resolve("data"),
                    "--web.listen-address=127.0.0.1:" + port)
                .redirectOutput(directory.resolve("log").toFile()));
    try {
      Until.isTrue("it is up", () -> value(port, "up").equals("1"));
      Until.isTrue(
          "it has the attempts",
          () -> value(port, "sekisho_attempts_total{outcome=\"wrong\"}").equals("3"));
      assertThat(
              value(
                  port,
                  "histogram_quantile(0.5,sekisho_http_request_duration_seconds_bucket{route=\"login\"})"))
          .matches("0\\.\\d+|\\d\\.\\d+e-\\d+");
    } finally {
      prometheus.destroy();
      if (!prometheus.waitFor(20, TimeUnit.SECONDS)) {
        prometheus.destroyForcibly();
      }
    }
  }

  /** The first value of a query; empty while there is none. */
  private static String value(int port, String query) {
    try {
      HttpReply reply =
          HttpProbe.once(
              port,
              "GET /api/v1/query?query="
                  + Browser.encoded(query)
                  + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
      return reply.status() == 200 ? reply.json().at("/data/result/0/value/1").asText() : "";
    } catch (UncheckedIOException e) {
      return "";
    }
  }
}
