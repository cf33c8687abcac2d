package sekisho.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceProcess;
import sekisho.testing.Signals;
import sekisho.testing.StoreGate;
import sekisho.testing.Until;
import sekisho.testing.history.ReportProbe;

/**
 * A Redis that is there and does not answer: paused, or behind a network that swallows everything. Attempts and reports are
 * refused in time, nothing piles up, and all goes on when Redis does.
 */
@Tag("faults")
class RedisHangsIT {

  private static final int CLIENTS = 12;
  /** More than a footprint varies by itself. */
  private static final int MANY_HANGS = 12;

  private static FaultStage stage;
  private static StoreGate gate;
  private static ServiceHome home;
  private static ServiceProcess service;

  @BeforeAll
  static void start() {
    stage = FaultStage.set();
    gate = StoreGate.ofRedis(stage.stores().redisUrl());
    home = stage.home().with("SEKISHO_REDIS_URL", gate.redisUrl()).with("SEKISHO_REDIS_TIMEOUT_MS", "200")
        .with("SEKISHO_REPORT_TIMEOUT_MS", "600").with("SEKISHO_HTTP_EVENT_LOOPS", "2")
        .with("SEKISHO_FLUSH_THRESHOLD", "300").with("SEKISHO_FLUSH_CHUNK", "100");
    service = home.startReady("serve");
  }

  @AfterAll
  static void close() {
    stage.close();
    gate.close();
  }

  @AfterEach
  void stopTheLoad() {
    stage.load().stop();
  }

  /** Every client is answered several times, and a report is, while Redis is still stuck. */
  private static void assertRefuses() {
    long refused = stage.load().refused();
    Until.isTrue("attempts are refused while Redis hangs", () -> stage.load().refused() >= refused + 5 * CLIENTS);
    assertThat(ReportProbe.ask(home.port())).as("a report while Redis hangs").isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void paused(Repetition repetition) {
    stage.load().start(CLIENTS, home.port());
    stage.load().awaitAnswered(100);
    repetition.awaitMoment(Duration.ofMillis(300));
    long redis = stage.servers().servers().redis().pid().orElseThrow();
    Signals.pause(redis);
    try {
      assertRefuses();
    } finally {
      Signals.resume(redis);
    }
    stage.load().awaitAnswered(100);
    stage.assertNothingLost("Redis paused, " + repetition, home);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void behindANetworkThatSwallowsEverything(Repetition repetition) {
    stage.load().start(CLIENTS, home.port());
    stage.load().awaitAnswered(100);
    repetition.awaitMoment(Duration.ofMillis(300));
    gate.swallow();
    try {
      assertRefuses();
    } finally {
      gate.letNewOnesPass();
    }
    stage.load().awaitAnswered(100);
    stage.assertNothingLost("Redis half-open, " + repetition, home);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void nothingPilesUp(Repetition repetition) {
    stage.load().start(CLIENTS, home.port());
    hang();
    Footprint before = Footprint.of(service);
    for (int i = 0; i < MANY_HANGS; i++) {
      hang();
    }
    Until.isTrue("as little in use as before: " + before + ", now " + Footprint.of(service),
        () -> Footprint.of(service).isNoMoreThan(before));
    stage.assertNothingLost("Redis hangs again and again, " + repetition, home);
  }

  private static void hang() {
    gate.swallow();
    try {
      long refused = stage.load().refused();
      Until.isTrue("attempts are refused while Redis hangs", () -> stage.load().refused() >= refused + CLIENTS);
    } finally {
      gate.letNewOnesPass();
    }
    stage.load().awaitAnswered(100);
  }
}
