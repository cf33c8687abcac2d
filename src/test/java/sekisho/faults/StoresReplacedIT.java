package sekisho.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceHome.Finished;
import sekisho.testing.history.ReportProbe;

/** {@code init} and {@code rebuild} under load. */
class StoresReplacedIT extends FaultTestBase {

  private static final int CLIENTS = 24;

  /** On the same stores, with more than one event loop. */
  private static ServiceHome second;

  @BeforeAll
  static void start() {
    stage = FaultStage.seeded();
    home = stage.home().with("SEKISHO_FLUSH_THRESHOLD", "1000");
    service = home.startReady("run");
    second =
        stage
            .home()
            .with("SEKISHO_REDIS_URL", stage.redisUrl())
            .with("SEKISHO_MYSQL_URL", stage.mysqlUrl())
            .with("SEKISHO_HTTP_EVENT_LOOPS", "2");
    second.startReady("serve");
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
    stage.assertHistory(
        "make init under load, " + repetition, home, attempt -> attempt.start() < seeded);
    assertThat(service.isAlive()).isTrue();
  }

  /** Whoever calls it begins at once: a contest's benchmark, for example. */
  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void nothingIsRefusedOnceInitHasEnded(Repetition repetition) {
    stage.load().start(CLIENTS, home.port(), second.port());
    stage.load().awaitAnswered(50);
    repetition.awaitMoment(Duration.ofMillis(500));
    stage.load().stop();
    long refused = stage.load().refused();
    long cutOff = stage.load().cutOff();
    Finished end = home.run("init");
    assertThat(end.status()).as(end.out() + end.err()).isZero();
    long seeded = System.nanoTime();
    stage.load().start(2 * CLIENTS, home.port(), second.port());
    for (ServiceHome each : List.of(home, second)) {
      assertThat(ReportProbe.ask(each.port()))
          .as("a report of the instance on port %s", each.port())
          .isPresent();
    }
    stage.load().awaitAnswered(1000);
    stage.load().stop();
    assertThat(stage.load().refused() - refused).as("503").isZero();
    assertThat(stage.load().cutOff() - cutOff).as("broken connections").isZero();
    stage.forgetReports();
    stage.assertHistory(
        "init followed at once by logins, " + repetition,
        home,
        attempt -> attempt.start() < seeded);
  }
}
