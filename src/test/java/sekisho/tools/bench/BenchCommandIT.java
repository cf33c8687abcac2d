package sekisho.tools.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

/** The generator passes a right service and fails every wrong one. */
class BenchCommandIT {

  private static final int USERS = 40_000;
  private static final String FEW_REQUESTS = "12000";
  private static final String MANY_REQUESTS = "160000";

  @TempDir
  private static Path directory;
  private static Dataset dataset;

  @BeforeAll
  static void writeDataset() throws IOException {
    dataset = SmallDataset.write(directory, USERS);
  }

  private record Run(int status, String output) {
  }

  private static Run bench(int port, String... options) {
    StringWriter output = new StringWriter();
    CommandLine command = new CommandLine(new BenchCommand());
    command.setOut(new PrintWriter(output)).setErr(new PrintWriter(output));
    String[] all = new String[options.length + 6];
    System.arraycopy(options, 0, all, 6, options.length);
    all[0] = "--url";
    all[1] = "http://127.0.0.1:" + port;
    all[2] = "--dataset";
    all[3] = directory.toString();
    all[4] = "--duration";
    all[5] = "30";
    return new Run(command.execute(all), output.toString());
  }

  private static Run benchAgainst(Set<Defect> defects, String... options) {
    try (ReferenceService service = ReferenceService.start(defects, dataset)) {
      return bench(service.port(), options);
    }
  }

  @Test
  void passesARightService() {
    Run run = benchAgainst(EnumSet.noneOf(Defect.class), "--requests", MANY_REQUESTS);
    System.out.println(run.output());
    assertThat(run.status()).as(run.output()).isZero();
    assertThat(run.output()).contains("passed").contains("as expected");
  }

  @ParameterizedTest
  @EnumSource(Defect.class)
  void failsAWrongService(Defect defect) {
    long from = System.nanoTime();
    Run run = benchAgainst(EnumSet.of(defect), "--requests", defect.isRare() ? MANY_REQUESTS : FEW_REQUESTS);
    System.out.println(defect + " " + (System.nanoTime() - from) / 1_000_000 + " ms\n" + run.output());
    assertThat(run.status()).as(run.output()).isEqualTo(1);
    assertThat(run.output()).contains("FAILED");
  }
}
