package sekisho.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.mysqlclient.SslMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sekisho.testing.OwnMariaDb;
import sekisho.testing.SqlProbe;
import sekisho.testing.StoreGate;
import sekisho.testing.Until;

/** ConnectionPool on servers that are started anew, stand still, or take no writes any more. */
class ConnectionPoolIT {

  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private static OwnMariaDb server;
  private static OwnMariaDb successor;
  private static StoreGate gate;
  private Vertx vertx;
  private Database database;

  @BeforeAll
  static void start() {
    server = OwnMariaDb.start();
    try (SqlProbe sql = new SqlProbe(server.url())) {
      sql.query("CREATE TABLE places (name VARCHAR(20))");
      sql.query("INSERT INTO places VALUES ('old')");
    }
    successor = server.copy();
    try (SqlProbe sql = new SqlProbe(successor.url())) {
      sql.query("UPDATE places SET name = 'new'");
    }
    gate = StoreGate.ofMySql(server.url());
  }

  @AfterAll
  static void stop() {
    gate.close();
    successor.close();
    server.close();
  }

  @BeforeEach
  void open() {
    vertx = Vertx.vertx();
    database =
        new Database(
            vertx,
            List.of(
                MySQLConnectOptions.fromUri(gate.mySqlUrl(server.url()))
                    .setSslMode(SslMode.DISABLED)),
            TIMEOUT);
  }

  @AfterEach
  void close() {
    database.close();
    vertx.close().await();
    readOnly(false);
    gate.leadToMySql(server.url());
  }

  private String place() {
    return database.query("SELECT name FROM places").iterator().next().getString(0);
  }

  private static void readOnly(boolean value) {
    try (SqlProbe administrator = server.administrator()) {
      administrator.query("SET GLOBAL read_only = " + (value ? 1 : 0));
    }
  }

  @Test
  void aServerThatTurnsReadOnlyIsLeftForTheOneThatIsThereNow() {
    List<Database.Transaction> none = new ArrayList<>();
    // Several sessions, all of which are kept.
    database.inTransaction(
        first ->
            database.inTransaction(
                second ->
                    database.inTransaction(
                        third -> {
                          first.query("DO 1");
                          return none.add(third);
                        })));
    assertThat(place()).isEqualTo("old");
    readOnly(true);
    gate.leadToMySql(successor.url());
    assertThat(place()).isEqualTo("new");
    database.inTransaction(transaction -> transaction.query("UPDATE places SET name = 'newer'"));
    assertThat(place()).isEqualTo("newer");
    database.query("UPDATE places SET name = 'new'");
  }

  @Test
  void aTransactionThatMeetsItIsTriedAgainOnAnother() {
    assertThatThrownBy(
            () ->
                database.inTransaction(
                    transaction -> {
                      transaction.query("SELECT * FROM places");
                      readOnly(true);
                      gate.leadToMySql(successor.url());
                      return transaction.query("UPDATE places SET name = 'nowhere'");
                    }))
        .isInstanceOf(DatabaseException.class)
        .hasMessageContaining("read-only");
    assertThat(place()).isEqualTo("new");
    try (SqlProbe old = new SqlProbe(server.url())) {
      assertThat(old.query("SELECT name FROM places")).containsExactly("old");
    }
  }

  @Test
  void aServerThatIsReadOnlyIsRefused() {
    readOnly(true);
    assertThatThrownBy(this::place)
        .isInstanceOf(DatabaseException.class)
        .hasMessageStartingWith("MySQL is read-only (read_only=ON)")
        .hasMessageContaining("sekisho.mysql.url");
    readOnly(false);
    assertThat(place()).isEqualTo("old");
  }

  @Test
  void whatIsLeftOfAStatementIsEndedAndNothingElse() {
    assertThatThrownBy(() -> database.query("SELECT SLEEP(600)"))
        .hasMessageContaining("did not answer");
    assertThat(place()).isEqualTo("old");
    try (SqlProbe administrator = server.administrator()) {
      Until.isTrue(
          "the statement is ended",
          () ->
              administrator
                  .query(
                      "SELECT 1 FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP%'")
                  .isEmpty());
    }
  }

  /**
   * Connections have the numbers of former ones after a restart, and those are of others who use
   * the same account.
   */
  @Test
  void aStrangerWithTheNumberOfAFormerSessionIsLeftAlone() {
    for (int i = 0; i < 5; i++) {
      assertThatThrownBy(() -> database.execute(Duration.ofMillis(100), "SELECT SLEEP(600)"))
          .hasMessageContaining("did not answer");
    }
    List<SqlProbe> strangers = new ArrayList<>();
    try {
      server.restart();
      for (int i = 0; i < 60; i++) {
        strangers.add(new SqlProbe(server.url()));
      }
      assertThat(place()).isEqualTo("old");
      assertThat(place()).isEqualTo("old");
      strangers.forEach(
          stranger -> assertThat(stranger.query("SELECT name FROM places")).containsExactly("old"));
    } finally {
      strangers.forEach(SqlProbe::close);
    }
  }

  /**
   * The process is well, and only takes its time between two statements; the server ends sessions
   * after ten seconds of silence.
   */
  @Test
  void aTransactionThatTakesItsTimeIsNotEnded() {
    long begin = System.nanoTime();
    long silent =
        database.inTransaction(
            transaction -> {
              transaction.query("SELECT * FROM places FOR UPDATE");
              try (SqlProbe administrator = server.administrator()) {
                Until.isTrue(
                    "the session is heard of",
                    () ->
                        System.nanoTime() - begin > Duration.ofSeconds(12).toNanos()
                            && administrator
                                .query(
                                    "SELECT 1 FROM information_schema.processlist WHERE user = 'sekisho' AND time > 4")
                                .isEmpty());
              }
              return transaction.query("SELECT @@wait_timeout").iterator().next().getLong(0);
            });
    assertThat(silent).isEqualTo(10);
  }
}
