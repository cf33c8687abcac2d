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
import sekisho.testing.SqlProbe;
import sekisho.testing.StoreGate;
import sekisho.testing.Until;
import sekisho.testing.history.ReportProbe;

/**
 * A MySQL that is there and does not answer: paused, behind a network that swallows everything, or waiting for a lock that somebody
 * holds. Attempts go on, reports are refused in time, nothing piles up, and all goes on when MySQL does.
 */
@Tag("faults")
class MySqlHangsIT {

  private static final int CLIENTS = 12;
  /** More than there are connections to MySQL. */
  private static final int HANGS = 6;
  /** More than a footprint varies by itself. */
  private static final int MANY_HANGS = 15;

  private static FaultStage stage;
  private static StoreGate gate;
  private static ServiceHome home;
  private static ServiceProcess service;

  @BeforeAll
  static void start() {
    stage = FaultStage.set();
    gate = StoreGate.ofMySql(stage.stores().mysqlUrl());
    home = stage.home().with("SEKISHO_MYSQL_URL", gate.mySqlUrl(stage.stores().mysqlUrl()))
        .with("SEKISHO_MYSQL_TIMEOUT_MS", "600").with("SEKISHO_REPORT_TIMEOUT_MS", "400")
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

  /** Reports are answered while MySQL is still stuck, as often as one asks; attempts too. */
  private static void assertServesWithoutMySql() {
    for (int i = 0; i < HANGS; i++) {
      assertThat(ReportProbe.ask(home.port())).as("a report while MySQL hangs").isEmpty();
    }
    stage.load().awaitAnswered(50);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void paused(Repetition repetition) {
    stage.load().start(CLIENTS, home.port());
    stage.load().awaitAnswered(100);
    repetition.awaitMoment(Duration.ofMillis(200));
    long mySql = stage.servers().servers().mariaDb().pid().orElseThrow();
    Signals.pause(mySql);
    try {
      assertServesWithoutMySql();
    } finally {
      Signals.resume(mySql);
    }
    stage.load().awaitAnswered(100);
    stage.assertNothingLost("MySQL paused, " + repetition, home);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void behindANetworkThatSwallowsEverything(Repetition repetition) {
    stage.load().start(CLIENTS, home.port());
    stage.load().awaitAnswered(100);
    repetition.awaitMoment(Duration.ofMillis(200));
    gate.swallow();
    try {
      assertServesWithoutMySql();
    } finally {
      gate.letNewOnesPass();
    }
    stage.load().awaitAnswered(100);
    stage.assertNothingLost("MySQL half-open, " + repetition, home);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void waitingForALock(Repetition repetition) {
    stage.load().start(CLIENTS, home.port());
    stage.load().awaitAnswered(100);
    try (SqlProbe somebody = stage.stores().sql()) {
      somebody.query("BEGIN");
      // Either nobody flushes at all, or a flush stops half-way.
      somebody.query(repetition.random().nextBoolean()
          ? "SELECT * FROM service_state FOR UPDATE" : "SELECT * FROM address_failures FOR UPDATE");
      assertServesWithoutMySql();
    }
    stage.load().awaitAnswered(100);
    stage.assertNothingLost("MySQL waits for a lock, " + repetition, home);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void nothingPilesUp(Repetition repetition) {
    hang();
    Footprint before = Footprint.of(service);
    for (int i = 0; i < MANY_HANGS; i++) {
      hang();
    }
    Until.isTrue("as little in use as before: " + before + ", now " + Footprint.of(service),
        () -> Footprint.of(service).isNoMoreThan(before));
    try (SqlProbe sql = stage.stores().sql()) {
      Until.isTrue("no more connections on the server than the service may have, beside this one", () -> Integer.parseInt(
          sql.query("SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE()").get(0)) <= 1 + 4);
    }
  }

  private static void hang() {
    gate.swallow();
    try {
      assertThat(ReportProbe.ask(home.port())).as("a report while MySQL hangs").isEmpty();
    } finally {
      gate.letNewOnesPass();
    }
    stage.report(home);
  }
}
