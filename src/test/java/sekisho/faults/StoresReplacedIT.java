package sekisho.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.testing.ServiceHome.Finished;

/** {@code init} and {@code rebuild} under load. */
class StoresReplacedIT extends FaultTestBase {

  private static final int CLIENTS = 24;

  @BeforeAll
  static void start() {
    stage = FaultStage.seeded();
    home = stage.home().with("SEKISHO_FLUSH_THRESHOLD", "1000");
    service = home.startReady("run");
  }

  private static void run(String command, Repetition repetition) {
    stage.load().start(CLIENTS, home.port());
    stage.load().awaitAnswered(200);
    repetition.awaitMoment(Duration.ofMillis(500));
    Finished end = home.run(command);
    assertThat(end.status()).as(end.out() + end.err()).isZero();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void rebuildLosesNothing(Repetition repetition) {
    run("rebuild", repetition);
    stage.load().awaitAnswered(200);
    stage.assertNothingLost("make rebuild under load, " + repetition, home);
  }

  /** What was there before is to be gone; what begins when {@code init} has ended is not. */
  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void initBeginsANewHistory(Repetition repetition) {
    run("init", repetition);
    long seeded = System.nanoTime();
    stage.forgetReports();
    stage.load().awaitAnswered(200);
    stage.assertHistory("make init under load, " + repetition, home, attempt -> attempt.start() < seeded);
    assertThat(service.isAlive()).isTrue();
  }
}
