package sekisho.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceHome.Finished;
import sekisho.testing.ServiceProcess;

/** The first {@code run} in an empty directory: cut short, and twice at once. */
@Tag("faults")
class FirstRunIT {

  /** On a machine that others use too, it takes longer. */
  private static final Duration LENGTH = Duration.ofSeconds(8);

  private final ServiceHome home = new ServiceHome();

  @AfterEach
  void closeHome() {
    home.close();
  }

  private void assertSeeded(ServiceProcess service) {
    assertThat(service.client().report()).startsWith("{\"banned_ips\":[],\"locked_users\":[\"");
    Finished verify = home.run("verify");
    assertThat(verify.out())
        .as(verify.err())
        .contains("Compared 69800 attempts", " 2500 locked users, 0 differences.");
    assertThat(
            ProcessHandle.allProcesses()
                .filter(
                    process -> process.info().commandLine().orElse("").contains(home.data() + "/")))
        .as("servers")
        .hasSize(2);
    assertThat(home.data().resolve("dataset")).isDirectoryNotContaining("glob:**unfinished-*");
    assertThat(home.data().resolve("mariadb")).isDirectoryNotContaining("glob:**data.new*");
  }

  /** Twice, so that what the second finds half done may be what the first has left. */
  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void oneThatWasKilledIsFinishedByTheNext(Repetition repetition) {
    for (int i = 0; i < 2; i++) {
      ServiceProcess killed = home.start("run");
      repetition.awaitMoment(LENGTH);
      killed.kill();
    }
    assertSeeded(home.startReady("run"));
  }

  @Test
  void twoAtOnceBothServe() {
    try (ServiceHome otherHome =
        new ServiceHome().with("SEKISHO_DATA_DIR", home.data().toString())) {
      ServiceProcess one = home.start("run");
      ServiceProcess other = otherHome.start("run");
      one.awaitReady();
      other.awaitReady();
      assertThat(one.out() + other.out()).containsOnlyOnce("put in place");
      assertSeeded(one);
    }
  }
}
