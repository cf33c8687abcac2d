package sekisho.faults;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.testing.RedisProbe;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceProcess;
import sekisho.testing.Signals;
import sekisho.testing.Until;

/**
 * One of two instances is stopped (SIGSTOP) at random moments under load and goes on a little
 * later: in the middle of a batch, a flush, a transaction, a recovery barrier or a repair. The
 * other one goes on meanwhile, and nothing that the first one does late may harm it.
 */
class FrozenInstanceIT extends FaultTestBase {

  private static final int CLIENTS = 12;
  private static final int FREEZES = 6;

  private static ServiceHome otherHome;
  private static ServiceProcess other;

  @BeforeAll
  static void start() {
    stage = FaultStage.set();
    home = prepared();
    otherHome = prepared();
    service = home.startReady("serve");
    other = otherHome.startReady("serve");
  }

  private static ServiceHome prepared() {
    return stage
        .home()
        .with("SEKISHO_FLUSH_THRESHOLD", "300")
        .with("SEKISHO_FLUSH_CHUNK", "100")
        .with("SEKISHO_HTTP_EVENT_LOOPS", "2");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void atAnyMoment(Repetition repetition) {
    stage.load().start(CLIENTS, home.port(), otherHome.port());
    stage.load().awaitAnswered(200);
    for (int i = 0; i < FREEZES; i++) {
      freeze(repetition, Duration.ofMillis(1_500));
    }
    check("an instance stopped again and again, " + repetition);
  }

  /**
   * Each time Redis is started anew, both answer at the recovery barrier, one of them late; who is
   * silent for five seconds is given up.
   */
  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void whileTheStoresAreCompared(Repetition repetition) {
    stage.load().start(CLIENTS, home.port(), otherHome.port());
    stage.load().awaitAnswered(200);
    try (RedisProbe redis = new RedisProbe(stage.redisUrl())) {
      redis.awaitWritten();
    }
    stage.servers().servers().redis().kill();
    stage.servers().servers().redis().start();
    for (int i = 0; i < 3; i++) {
      freeze(repetition, Duration.ofMillis(1_000));
    }
    check("an instance stopped during a recovery barrier, " + repetition);
  }

  /**
   * A rebuild of one's own, stopped at any step, and another one of the other instance meanwhile.
   */
  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void whileTheCountersAreMadeAnew(Repetition repetition) {
    stage.load().start(CLIENTS, home.port(), otherHome.port());
    stage.load().awaitAnswered(200);
    try (RedisProbe redis = new RedisProbe(stage.redisUrl())) {
      for (int i = 0; i < 3; i++) {
        // Both notice within a second, and one of them repairs.
        redis.send("HSET", stage.prefix() + "state", "generation", "another");
        freeze(repetition, Duration.ofMillis(1_500));
      }
    }
    check("an instance stopped during a repair, " + repetition);
  }

  private static void freeze(Repetition repetition, Duration longest) {
    ServiceProcess frozen = repetition.random().nextBoolean() ? service : other;
    repetition.awaitMoment(Duration.ofMillis(400));
    Signals.pause(frozen.pid());
    try {
      LockSupport.parkNanos((long) (repetition.random().nextDouble() * longest.toNanos()));
    } finally {
      Signals.resume(frozen.pid());
    }
  }

  private static void check(String when) {
    for (ServiceProcess each : List.of(service, other)) {
      Until.isTrue("ready again", () -> each.management().status("GET", "/readyz") == 200);
    }
    stage.load().awaitAnswered(200);
    stage.assertNothingLost(when, home);
  }
}
