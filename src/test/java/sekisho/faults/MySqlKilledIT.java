package sekisho.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.faults.FlushStatements.holdCommit;
import static sekisho.faults.FlushStatements.holdInsert;
import static sekisho.testing.StoreGate.When.AFTER;
import static sekisho.testing.StoreGate.When.BEFORE;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.testing.HttpProbe;
import sekisho.testing.HttpReply;
import sekisho.testing.StoreGate;
import sekisho.testing.StoreGate.Hold;
import sekisho.testing.StoreGate.When;

/**
 * MySQL is killed around a flush and stays away for a while, or its connection is cut at the
 * COMMIT; attempts go on.
 */
class MySqlKilledIT extends FaultTestBase {

  private static final int CLIENTS = 12;

  private static StoreGate gate;

  /** Where the flush is when MySQL is killed. */
  enum Moment {
    BEFORE_A_FLUSH,
    BEFORE_THE_INSERT,
    AFTER_THE_INSERT,
    BEFORE_THE_COMMIT,
    AFTER_THE_COMMIT,
    AFTER_A_FLUSH
  }

  @BeforeAll
  static void start() {
    stage = FaultStage.set();
    gate = StoreGate.ofMySql(stage.stores().mysqlUrl());
    home =
        stage
            .home()
            .with("SEKISHO_MYSQL_URL", gate.mySqlUrl(stage.stores().mysqlUrl()))
            .with("SEKISHO_MYSQL_TIMEOUT_MS", "3000")
            .with("SEKISHO_FLUSH_THRESHOLD", "200")
            .with("SEKISHO_FLUSH_CHUNK", "100");
    home.startReady("serve");
  }

  @AfterAll
  static void close() {
    gate.close();
  }

  static Stream<Arguments> moments() {
    return Repetition.all()
        .flatMap(
            repetition ->
                Stream.of(Moment.values()).map(moment -> Arguments.of(moment, repetition)));
  }

  static Stream<Arguments> commits() {
    return Repetition.all()
        .flatMap(
            repetition -> Stream.of(When.values()).map(when -> Arguments.of(when, repetition)));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("moments")
  void killedAndAwayForAWhile(Moment moment, Repetition repetition) {
    stage.load().start(CLIENTS, home.port());
    Hold hold = reach(moment);
    repetition.awaitMoment(Duration.ofMillis(100));
    stage.servers().servers().mariaDb().kill();
    hold.release();
    try {
      long refused = stage.load().refused();
      HttpReply report =
          HttpProbe.once(home.port(), "GET /report HTTP/1.1\r\nHost: sekisho.test\r\n\r\n");
      assertThat(report.status()).as("report without MySQL").isEqualTo(503);
      assertThat(Integer.parseInt(report.header("retry-after"))).isPositive();
      // More than starts a flush, so that several fail.
      stage.load().awaitAnswered(300);
      assertThat(stage.load().refused()).as("attempts refused without MySQL").isEqualTo(refused);
    } finally {
      stage.servers().servers().mariaDb().start();
    }
    stage.assertNothingLost("MySQL killed " + moment + ", " + repetition, home);
  }

  @ParameterizedTest(name = "{0} the server has seen it, {1}")
  @MethodSource("commits")
  void connectionCutAtTheCommit(When when, Repetition repetition) {
    stage.load().start(CLIENTS, home.port());
    Hold commit = holdCommit(gate, when);
    repetition.awaitMoment(Duration.ofMillis(100));
    commit.cut();
    stage.load().awaitAnswered(100);
    stage.assertNothingLost(
        "connection cut at COMMIT, " + when + " the server has seen it, " + repetition, home);
  }

  private static Hold reach(Moment moment) {
    return switch (moment) {
      case BEFORE_A_FLUSH -> nowhere(10);
      case AFTER_A_FLUSH -> nowhere(300);
      case BEFORE_THE_INSERT -> holdInsert(gate, BEFORE);
      case AFTER_THE_INSERT -> holdInsert(gate, AFTER);
      case BEFORE_THE_COMMIT -> holdCommit(gate, BEFORE);
      case AFTER_THE_COMMIT -> holdCommit(gate, AFTER);
    };
  }

  private static Hold nowhere(int attempts) {
    stage.load().awaitAnswered(attempts);
    return gate.holdNext(BEFORE, statement -> false);
  }
}
