package sekisho.faults;

import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code kill -9} of the service while attempts are made, and while they are moved to MySQL. */
class ServiceKilledIT extends FaultTestBase {

  private static final int CLIENTS = 24;

  @BeforeAll
  static void start() {
    stage = FaultStage.set();
    // Low, so that a flush is often under way.
    home = stage.home().with("SEKISHO_FLUSH_THRESHOLD", "500").with("SEKISHO_FLUSH_CHUNK", "200");
    service = home.startReady("serve");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void duringLogins(Repetition repetition) {
    stage.load().start(CLIENTS, home.port());
    stage.load().awaitAnswered(300);
    repetition.awaitMoment(Duration.ofMillis(500));
    service.kill();
    service = home.startReady("serve");
    stage.load().awaitAnswered(300);
    stage.assertNothingLost("kill -9 of the service during logins, " + repetition, home);
  }
}
