package sekisho.faults;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import sekisho.testing.StoreGate;
import sekisho.testing.Until;
import sekisho.testing.history.ReportProbe;

/**
 * A Redis that is there and does not answer: paused, or behind a network that swallows everything.
 * Attempts and reports are refused in time, nothing piles up, and all goes on when Redis does.
 */
class RedisHangsIT extends StoreHangsTestBase {

  @BeforeAll
  static void start() {
    stage = FaultStage.set();
    gate = StoreGate.ofRedis(stage.stores().redisUrl());
    home =
        stage
            .home()
            .with("SEKISHO_REDIS_URL", gate.redisUrl())
            .with("SEKISHO_REDIS_TIMEOUT_MS", "200")
            .with("SEKISHO_REPORT_TIMEOUT_MS", "600")
            .with("SEKISHO_HTTP_EVENT_LOOPS", "2")
            .with("SEKISHO_FLUSH_THRESHOLD", "300")
            .with("SEKISHO_FLUSH_CHUNK", "100");
    service = home.startReady("serve");
  }

  @Override
  String store() {
    return "Redis";
  }

  @Override
  long pid() {
    return stage.servers().servers().redis().pid().orElseThrow();
  }

  /** Every client is answered as often, and a report is, while Redis is still stuck. */
  @Override
  void assertGoesOnWithoutIt(int times) {
    long refused = stage.load().refused();
    Until.isTrue(
        "attempts are refused while Redis hangs",
        () -> stage.load().refused() >= refused + times * CLIENTS);
    assertThat(ReportProbe.ask(home.port())).as("a report while Redis hangs").isEmpty();
  }
}
