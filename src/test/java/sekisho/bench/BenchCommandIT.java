package sekisho.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import sekisho.bench.load.Dataset;

/** The generator passes a right service and fails every wrong one. */
class BenchCommandIT {

  private static final int USERS = 40_000;
  private static final String FEW_REQUESTS = "12000";
  private static final String MANY_REQUESTS = "160000";

  @TempDir private static Path directory;
  private static Dataset dataset;

  @BeforeAll
  static void writeDataset() throws IOException {
    dataset = SmallDataset.write(directory, USERS);
  }

  private record Run(int status, String output) {}

  private static Run command(String... arguments) {
    StringWriter output = new StringWriter();
    CommandLine command = new CommandLine(new BenchCommand());
    command.setOut(new PrintWriter(output)).setErr(new PrintWriter(output));
    return new Run(command.execute(arguments), output.toString());
  }

  private static Run bench(int port, String... options) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--url",
                "http://127.0.0.1:" + port,
                "--dataset",
                directory.toString(),
                "--duration",
                "30"));
    arguments.addAll(List.of(options));
    return command(arguments.toArray(String[]::new));
  }

  private static Run benchAgainst(Set<Defect> defects, String... options) {
    try (ReferenceService service = ReferenceService.start(defects, dataset)) {
      return bench(service.port(), options);
    }
  }

  @Test
  void passesARightService() {
    Run run = benchAgainst(EnumSet.noneOf(Defect.class), "--requests", "60000");
    assertThat(run.status()).as(run.output()).isZero();
    assertThat(run.output()).contains("passed").contains("as expected");
  }

  @Test
  void sameSeedSameRunAndTheFilesHoldTheResult() throws IOException {
    Path json = directory.resolve("out/result.json");
    Path html = directory.resolve("out/result.html");
    String[] options = {
      "--requests",
      FEW_REQUESTS,
      "--seed",
      "5",
      "--workload",
      "3",
      "--json",
      json.toString(),
      "--html",
      html.toString()
    };
    benchAgainst(EnumSet.noneOf(Defect.class), options);
    JsonNode first = new ObjectMapper().readTree(json.toFile());
    benchAgainst(EnumSet.noneOf(Defect.class), options);
    JsonNode second = new ObjectMapper().readTree(json.toFile());
    assertThat(second.get("score").longValue())
        .isEqualTo(first.get("score").longValue())
        .isPositive();
    assertThat(second.get("requests")).isEqualTo(first.get("requests"));
    assertThat(second.get("report")).isEqualTo(first.get("report"));
    assertThat(second.get("report").get("banned_ips").get("listed").intValue()).isPositive();
    assertThat(Files.readString(html))
        .startsWith("<!DOCTYPE html>")
        .contains("passed", "uPlot")
        .doesNotContain("<script src", "href=", "<link", "@import", "url(");
    JsonNode inPage =
        new ObjectMapper()
            .readTree(Jsoup.parse(Files.readString(html)).getElementById("result").data());
    assertThat(inPage.get("report")).isEqualTo(second.get("report"));
    assertThat(second.get("timeline").get(0).fieldNames())
        .toIterable()
        .contains("p50", "p99", "routes", "outcomes", "cpu", "queue");
  }

  @Test
  void cutOffAnswersAreToldApart() throws IOException {
    Path json = directory.resolve("out/cut.json");
    // So many that among the hundred and more cut-off answers some are about a user or an address
    // at its threshold.
    benchAgainst(
        EnumSet.of(Defect.CUTS_OFF_NOW_AND_THEN),
        "--requests",
        MANY_REQUESTS,
        "--keep-alive",
        "--json",
        json.toString());
    JsonNode result = new ObjectMapper().readTree(json.toFile());
    assertThat(result.get("failures").fieldNames()).toIterable().containsExactly("cut_off");
    JsonNode locked = result.get("report").get("locked_users");
    JsonNode banned = result.get("report").get("banned_ips");
    assertThat(locked.get("in_doubt").size() + banned.get("in_doubt").size())
        .as("entries in doubt")
        .isPositive();
    for (JsonNode list : new JsonNode[] {locked, banned}) {
      assertThat(list.get("missing")).isEmpty();
      assertThat(list.get("extra")).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"top", "fail", "login", "mypage", "mixed"})
  void rawModePassesARightService(String route) {
    Run run =
        benchAgainst(
            EnumSet.noneOf(Defect.class),
            "--raw",
            route,
            "--requests",
            "3000",
            "--connections",
            "5",
            "--warm-up",
            "0");
    assertThat(run.status()).as(run.output()).isZero();
    assertThat(run.output()).contains("(3,000 in");
  }

  @Test
  void rawModeKeepsAFixedRate() {
    Run run =
        benchAgainst(
            EnumSet.noneOf(Defect.class),
            "--raw",
            "top",
            "--rate",
            "2000",
            "--requests",
            "1000",
            "--warm-up",
            "0");
    assertThat(run.status()).as(run.output()).isZero();
    assertThat(run.output()).contains("(1,000 in").contains("moment a request was due");
  }

  @Test
  void rawModeFailsAWrongService() {
    Run run =
        benchAgainst(
            EnumSet.of(Defect.ANSWERS_503_NOW_AND_THEN),
            "--raw",
            "mixed",
            "--requests",
            "5000",
            "--warm-up",
            "0");
    assertThat(run.status()).as(run.output()).isEqualTo(1);
  }

  @Test
  void refusesAServiceThatIsNotFreshlySeeded() {
    try (ReferenceService service = ReferenceService.start(EnumSet.noneOf(Defect.class), dataset)) {
      assertThat(bench(service.port(), "--requests", "2000").status()).isZero();
      Run again = bench(service.port(), "--requests", "2000");
      assertThat(again.status()).isEqualTo(2);
      assertThat(again.output()).contains("run make init first");
    }
  }

  @Test
  void saysWhenNothingAnswers() {
    int port;
    try (ReferenceService service = ReferenceService.start(EnumSet.noneOf(Defect.class), dataset)) {
      port = service.port();
    }
    Run run = bench(port);
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.output())
        .contains("nothing answers at")
        .contains("make run")
        .doesNotContain("\tat ");
  }

  @Test
  void phasesAreRunOneAfterTheOther() throws IOException {
    Path json = directory.resolve("out/phases.json");
    Path hlog = directory.resolve("out/phases.hlog");
    Run run =
        benchAgainst(
            EnumSet.noneOf(Defect.class),
            "--requests",
            FEW_REQUESTS,
            "--keep-alive",
            "--init",
            "true",
            "--restart",
            "true",
            "--json",
            json.toString(),
            "--hlog",
            hlog.toString());
    assertThat(run.status()).as(run.output()).isZero();
    assertThat(new ObjectMapper().readTree(json.toFile()).get("phases"))
        .extracting(phase -> phase.get("name").asText())
        .containsExactly("prepare", "ready", "pre-test", "load", "validation", "restart");
    assertThat(Files.readString(hlog))
        .contains("[Histogram log format version 1.3]", "Tag=POST_/login,");
    Run compared = command("--compare", json.toString(), json.toString());
    assertThat(compared.status()).as(compared.output()).isZero();
    assertThat(compared.output()).contains("POST /login p99 (us)", "1.000");
    assertThat(command("--compare", json.toString(), hlog.toString()).output())
        .contains("phases.hlog is not JSON");
  }

  @Test
  void thePreTestAloneIsShort() {
    Run run = benchAgainst(EnumSet.noneOf(Defect.class), "--pretest-only");
    assertThat(run.status()).as(run.output()).isZero();
    assertThat(run.output()).contains("pre-test", "passed").doesNotContain("validation");
  }

  @Test
  void anInitCommandThatFailsEndsTheRun() {
    Run run = benchAgainst(EnumSet.noneOf(Defect.class), "--init", "exit 3");
    assertThat(run.status()).as(run.output()).isEqualTo(1);
    assertThat(run.output())
        .contains("the init command: ended with status 3", "(critical)", "FAILED")
        .doesNotContain("validation");
  }

  @Test
  void workersRiseUntilTheRateDoesNot() throws IOException {
    Path json = directory.resolve("out/ramp.json");
    Run run =
        benchAgainst(
            EnumSet.noneOf(Defect.class), "--ramp", "--workload", "2", "--json", json.toString());
    assertThat(run.status()).as(run.output()).isZero();
    assertThat(new ObjectMapper().readTree(json.toFile()).get("ramp"))
        .extracting(step -> step.get("workers").intValue())
        .containsExactly(1, 2);
    assertThat(run.output()).contains("best");
  }

  @Test
  void severalInstancesShareTheLoad() {
    try (ReferenceService service = ReferenceService.start(EnumSet.noneOf(Defect.class), dataset)) {
      String url = "http://127.0.0.1:" + service.port();
      Run run =
          command(
              "--url",
              url + "," + url,
              "--dataset",
              directory.toString(),
              "--requests",
              FEW_REQUESTS);
      assertThat(run.status()).as(run.output()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--url,http://192.0.2.1,--allow-remote",
    "--dataset,/nonexistent,make init",
    "--duration,0,--duration",
    "--workload,x,--workload",
    "--raw,nothing,top",
    "--rate,5,--raw",
    "--no-such-option,1,--no-such-option"
  })
  void refusesWhatItCannotDo(String option, String value, String words) {
    Run run = command(option, value);
    assertThat(run.status()).as(run.output()).isEqualTo(2);
    assertThat(run.output()).contains(words).doesNotContain("\tat ");
  }

  @ParameterizedTest
  @EnumSource(Defect.class)
  void failsAWrongService(Defect defect) {
    assertFails(defect, defect.isRare()); // twice as fast
  }

  @ParameterizedTest
  @EnumSource(Defect.class)
  void failsAWrongServiceOverConnectionsThatAreKept(Defect defect) {
    assumeFalse(defect.isRare(), "tried so above");
    assertFails(defect, true);
  }

  private void assertFails(Defect defect, boolean keepAlive) {
    List<String> options =
        new ArrayList<>(
            List.of(
                "--requests", defect.isRare() ? MANY_REQUESTS : FEW_REQUESTS, "--slow-limit", "1"));
    if (keepAlive) {
      options.add("--keep-alive");
    }
    if (defect == Defect.NOT_READY_AFTER_INIT) {
      options.addAll(List.of("--init", "true"));
    } else if (defect == Defect.FORGETS_AT_RESTART) {
      options.addAll(List.of("--restart", "true"));
    }
    Run run = benchAgainst(EnumSet.of(defect), options.toArray(String[]::new));
    assertThat(run.status()).as(run.output()).isEqualTo(1);
    assertThat(run.output()).contains("FAILED");
    assertThat(defect.shownAs())
        .as(run.output())
        .anyMatch(reason -> run.output().contains(reason.text()));
  }
}
