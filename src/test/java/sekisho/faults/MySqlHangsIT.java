package sekisho.faults;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.testing.SqlProbe;
import sekisho.testing.StoreGate;
import sekisho.testing.Until;
import sekisho.testing.history.ReportProbe;

/**
 * A MySQL that is there and does not answer: paused, behind a network that swallows everything, or
 * waiting for a lock that somebody holds. Attempts go on, reports are refused in time, nothing
 * piles up, and all goes on when MySQL does.
 */
class MySqlHangsIT extends StoreHangsTestBase {

  /** What one instance may have. */
  private static final int CONNECTIONS = 4;

  @BeforeAll
  static void start() {
    stage = FaultStage.set();
    gate = StoreGate.ofMySql(stage.stores().mysqlUrl());
    home =
        stage
            .home()
            .with("SEKISHO_MYSQL_URL", gate.mySqlUrl(stage.stores().mysqlUrl()))
            .with("SEKISHO_MYSQL_TIMEOUT_MS", "600")
            .with("SEKISHO_REPORT_TIMEOUT_MS", "400")
            .with("SEKISHO_FLUSH_THRESHOLD", "300")
            .with("SEKISHO_FLUSH_CHUNK", "100");
    service = home.startReady("serve");
  }

  @Override
  String store() {
    return "MySQL";
  }

  @Override
  long pid() {
    return stage.servers().servers().mariaDb().pid().orElseThrow();
  }

  /** Reports are answered while MySQL is still stuck, as often as one asks; attempts too. */
  @Override
  void assertGoesOnWithoutIt(int times) {
    for (int i = 0; i < times; i++) {
      assertThat(ReportProbe.ask(home.port())).as("a report while MySQL hangs").isEmpty();
    }
    stage.load().awaitAnswered(50);
  }

  @Override
  void assertNothingIsLeftAtTheStore() {
    try (SqlProbe sql = stage.stores().sql()) {
      Until.isTrue(
          "no more connections on the server than the service may have, beside this one",
          () ->
              Integer.parseInt(
                      sql.query(
                              "SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE()")
                          .get(0))
                  <= 1 + CONNECTIONS);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void waitingForALock(Repetition repetition) {
    hang(
        "waits for a lock",
        repetition,
        () -> {
          try (SqlProbe somebody = stage.stores().sql()) {
            somebody.query("BEGIN");
            // Either nobody flushes at all, or a flush stops half-way.
            somebody.query(
                repetition.random().nextBoolean()
                    ? "SELECT * FROM service_state FOR UPDATE"
                    : "SELECT * FROM address_failures FOR UPDATE");
            assertGoesOnWithoutIt(2 + CONNECTIONS);
          }
        });
  }
}
