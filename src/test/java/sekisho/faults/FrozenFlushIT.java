package sekisho.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.testing.StoreGate.When.AFTER;
import static sekisho.testing.StoreGate.When.BEFORE;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceProcess;
import sekisho.testing.Signals;
import sekisho.testing.StoreGate;
import sekisho.testing.StoreGate.Hold;
import sekisho.testing.StoreGate.When;

/**
 * An instance that stands still (SIGSTOP, a paused machine) in the middle of a flush holds the lock
 * on the watermark: the server ends its session after ten seconds of silence, so that others are
 * admitted and report. When it goes on, nothing is doubled.
 */
class FrozenFlushIT extends FaultTestBase {

  private static final int CLIENTS = 12;

  /** Well below the time-outs of a report and of a statement. */
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private static StoreGate mySql;
  private static ServiceHome other;

  @BeforeAll
  static void start() {
    stage = FaultStage.set();
    mySql = StoreGate.ofMySql(stage.mysqlUrl());
    home =
        stage
            .home()
            .with("SEKISHO_MYSQL_URL", mySql.mySqlUrl(stage.mysqlUrl()))
            .with("SEKISHO_FLUSH_THRESHOLD", "200")
            .with("SEKISHO_FLUSH_CHUNK", "100");
    other = stage.home();
    service = home.startReady("serve");
  }

  @AfterAll
  static void close() {
    mySql.close();
  }

  /** Where the flush is when its process stands still. */
  enum Step {
    BEFORE_THE_INSERT,
    AFTER_THE_INSERT,
    BEFORE_THE_COMMIT;

    private Hold reach() {
      When when = this == AFTER_THE_INSERT ? AFTER : BEFORE;
      return this == BEFORE_THE_COMMIT
          ? FlushStatements.holdCommit(mySql, when)
          : FlushStatements.holdInsert(mySql, when);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void insideAFlush(Repetition repetition) {
    Step step = Step.values()[repetition.random().nextInt(Step.values().length)];
    stage.load().start(CLIENTS, home.port());
    Hold hold = step.reach();
    Signals.pause(service.pid());
    try {
      long frozen = System.nanoTime();
      ServiceProcess second = other.startReady("serve");
      stage.report(other);
      assertThat(Duration.ofNanos(System.nanoTime() - frozen)).isLessThan(LIMIT);
      repetition.awaitMoment(Duration.ofMillis(500));
      second.kill();
    } finally {
      Signals.resume(service.pid());
      hold.release();
    }
    stage.load().awaitAnswered(100);
    stage.assertNothingLost("frozen " + step + ", " + repetition, home);
  }
}
