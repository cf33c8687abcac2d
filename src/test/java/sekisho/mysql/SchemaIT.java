package sekisho.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vertx.core.Vertx;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.mysqlclient.SslMode;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.testing.SqlProbe;
import sekisho.testing.TestServers;

/**
 * Tables that do not fit are refused with the statements that make them fit; those of an earlier
 * version are brought up to date.
 */
class SchemaIT {

  private final String name = "sekisho_schema_" + UUID.randomUUID().toString().substring(0, 8);
  private Vertx vertx;
  private SqlProbe sql;
  private Database database;

  @BeforeEach
  void makeDatabase() {
    vertx = Vertx.vertx();
    String url = TestServers.shared().mysqlUrl();
    try (SqlProbe server = new SqlProbe(url)) {
      server.query("CREATE DATABASE " + name + " CHARACTER SET latin1");
    }
    String own = url.replace("/sekisho?", "/" + name + "?");
    sql = new SqlProbe(own);
    database =
        new Database(
            vertx,
            List.of(MySQLConnectOptions.fromUri(own).setSslMode(SslMode.DISABLED)),
            Duration.ofSeconds(10));
  }

  @AfterEach
  void dropDatabase() {
    database.close();
    sql.query("DROP DATABASE " + name);
    sql.close();
    vertx.close().await();
  }

  private void schema() {
    Statements.schema().forEach(sql::query);
  }

  /** The start is refused with one line; what it says is run, and then the start is not refused. */
  private String refusedUntilRepaired() {
    String line =
        catchThrowableOfType(DatabaseException.class, () -> Schema.bringUpToDate(database))
            .getMessage();
    assertThat(line).doesNotContain("\n").contains("; run: ");
    for (String statement : line.replaceFirst(".*; run: ", "").split("; ")) {
      sql.query(statement);
    }
    assertThatCode(() -> Schema.bringUpToDate(database)).doesNotThrowAnyException();
    return line;
  }

  @Test
  void theSchemaFits() {
    schema();
    assertThatCode(() -> Schema.bringUpToDate(database)).doesNotThrowAnyException();
    schema();
    assertThatCode(() -> Schema.requireFit(database)).doesNotThrowAnyException();
  }

  /** The tables that the application began with, in the contest. */
  @ParameterizedTest
  @ValueSource(strings = {"utf8", "latin1", "utf8mb4"})
  void theSchemaOfTheContest(String characterSet) {
    sql.query(
        "CREATE TABLE users (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, login varchar(255) NOT NULL UNIQUE,"
            + " password_hash varchar(255) NOT NULL, salt varchar(255) NOT NULL) DEFAULT CHARSET="
            + characterSet);
    sql.query(
        "CREATE TABLE login_log (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, created_at datetime NOT NULL, user_id int,"
            + " login varchar(255) NOT NULL, ip varchar(255) NOT NULL, succeeded tinyint NOT NULL) DEFAULT CHARSET="
            + characterSet);
    sql.query("INSERT INTO users VALUES (1, 'isucon1', SHA2('isuconpass1:salt1', 256), 'salt1')");
    sql.query(
        "INSERT INTO login_log VALUES (1, '2014-02-22 00:00:00', 1, 'isucon1', '127.0.0.1', 1)");
    schema();
    assertThat(refusedUntilRepaired()).contains("table users ", "table login_log ");
    sql.query(
        "INSERT INTO login_log VALUES (2, '2014-02-22 00:00:00.123', NULL, '日本😀', '127.0.0.1', 0)");
    assertThat(sql.query("SELECT HEX(login), created_at FROM login_log WHERE id = 2"))
        .containsExactly("E697A5E69CACF09F9880 2014-02-22T00:00:00.123");
    assertThat(sql.query("SELECT id, login, salt FROM users")).containsExactly("1 isucon1 salt1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "users: login | ALTER TABLE users MODIFY login VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NOT NULL",
        "users: login | ALTER TABLE users MODIFY login VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL",
        "users: login | ALTER TABLE users DROP KEY users_login",
        "users: login | ALTER TABLE users MODIFY login VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NULL",
        "users: id | ALTER TABLE users MODIFY id BIGINT UNSIGNED NOT NULL",
        "users: id | ALTER TABLE users DROP PRIMARY KEY, ADD PRIMARY KEY (login), DROP KEY users_login",
        "users: id | ALTER TABLE users MODIFY id VARCHAR(20) NOT NULL",
        "users: password_hash | ALTER TABLE users MODIFY password_hash CHAR(40) NOT NULL",
        "users: engine | ALTER TABLE users ENGINE=MyISAM",
        "users: login | ALTER TABLE users MODIFY login VARCHAR(100) CHARACTER SET latin1 NOT NULL, ROW_FORMAT=REDUNDANT",
        "login_log: created_at | ALTER TABLE login_log MODIFY created_at DATETIME NOT NULL",
        "login_log: created_at | ALTER TABLE login_log MODIFY created_at DATETIME(2) NOT NULL",
        "login_log: created_at | ALTER TABLE login_log MODIFY created_at TIMESTAMP(3) NOT NULL",
        "login_log: login | ALTER TABLE login_log MODIFY login VARCHAR(255) CHARACTER SET utf8mb3 NOT NULL",
        "login_log: login | ALTER TABLE login_log MODIFY login CHAR(255) CHARACTER SET utf8mb4 NOT NULL",
        "login_log: ip | ALTER TABLE login_log MODIFY ip VARCHAR(39) CHARACTER SET ascii NOT NULL",
        "login_log: id | ALTER TABLE login_log MODIFY id INT NOT NULL",
        "login_log: id | ALTER TABLE login_log DROP PRIMARY KEY, ADD KEY (id)",
        "login_log: user_id | ALTER TABLE login_log MODIFY user_id BIGINT NOT NULL",
        "login_log: user_id | ALTER TABLE login_log MODIFY user_id INT NULL",
        "login_log: succeeded | ALTER TABLE login_log MODIFY succeeded BIT(1) NOT NULL",
        "login_log: succeeded | ALTER TABLE login_log DROP COLUMN succeeded, ADD COLUMN succeeded TINYINT AS (id > 5) STORED",
        "login_log: engine | ALTER TABLE login_log ENGINE=Aria",
        "login_log: note | ALTER TABLE login_log ADD COLUMN note VARCHAR(10) CHARACTER SET utf8mb4 NOT NULL",
        "address_failures: ip | ALTER TABLE address_failures MODIFY ip VARCHAR(64) CHARACTER SET utf8mb4 NOT NULL",
        "address_failures: failures | ALTER TABLE address_failures MODIFY failures TINYINT NOT NULL",
        "address_failures: failures | ALTER TABLE address_failures DROP KEY address_failures_failures",
        "address_failures: trigger | CREATE TRIGGER bad BEFORE INSERT ON address_failures FOR EACH ROW SET NEW.failures = 0",
        "user_failures: user_id | ALTER TABLE user_failures DROP PRIMARY KEY",
        "last_logins: last_at | ALTER TABLE last_logins MODIFY last_at DATETIME NOT NULL",
        "last_logins: previous_ip | ALTER TABLE last_logins DROP COLUMN previous_ip",
        "service_state: watermark | ALTER TABLE service_state MODIFY watermark INT NOT NULL",
        "quarantine: queue_row | ALTER TABLE quarantine MODIFY queue_row BLOB NOT NULL",
        "quarantine: reason | ALTER TABLE quarantine MODIFY reason VARCHAR(255) CHARACTER SET latin1 NOT NULL"
      })
  void aTableThatDoesNotFit(String what, String change) {
    schema();
    sql.query(change);
    String[] parts = what.split(": ");
    assertThat(refusedUntilRepaired()).contains("table " + parts[0], parts[1]);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ALTER TABLE users MODIFY id INT NOT NULL AUTO_INCREMENT",
        "ALTER TABLE users MODIFY id INT UNSIGNED NOT NULL",
        "ALTER TABLE users MODIFY password_hash VARCHAR(255) NOT NULL, MODIFY salt TEXT NOT NULL",
        "ALTER TABLE users ADD COLUMN email VARCHAR(100) NOT NULL",
        "ALTER TABLE login_log MODIFY created_at DATETIME(6) NOT NULL, MODIFY succeeded INT UNSIGNED NOT NULL",
        "ALTER TABLE login_log MODIFY ip VARCHAR(255) CHARACTER SET utf8mb4 NOT NULL, MODIFY login TEXT CHARACTER SET utf8mb4 NOT NULL",
        "ALTER TABLE login_log MODIFY id BIGINT NOT NULL AUTO_INCREMENT, ADD KEY (user_id), ADD COLUMN note TEXT NULL",
        "ALTER TABLE login_log ADD COLUMN at DATE AS (DATE(created_at)) STORED, ADD COLUMN seen TINYINT NOT NULL DEFAULT 0",
        "ALTER TABLE quarantine MODIFY queue_row LONGBLOB NOT NULL"
      })
  void whatHoldsMoreIsLeftAlone(String change) {
    schema();
    sql.query(change);
    assertThatCode(() -> Schema.bringUpToDate(database)).doesNotThrowAnyException();
  }

  @Test
  void severalTablesAreRepairedByOneLine() {
    schema();
    sql.query(
        "ALTER TABLE users ENGINE=MyISAM, MODIFY login VARCHAR(20) CHARACTER SET latin1 NOT NULL");
    sql.query(
        "ALTER TABLE login_log MODIFY created_at DATETIME NOT NULL, MODIFY ip VARCHAR(15) NOT NULL");
    sql.query("ALTER TABLE last_logins DROP PRIMARY KEY, DROP COLUMN last_ip");
    assertThat(refusedUntilRepaired())
        .contains("table users", "table login_log", "table last_logins");
  }

  @Test
  void tablesOfAnEarlierVersionAreBroughtUpToDate() {
    schema();
    sql.query(
        "ALTER TABLE service_state DROP COLUMN counted, DROP COLUMN format, DROP COLUMN pruned");
    sql.query("ALTER TABLE address_failures DROP COLUMN since");
    sql.query("ALTER TABLE user_failures DROP COLUMN since");
    sql.query("INSERT INTO address_failures VALUES ('192.0.2.1', 12)");
    sql.query(
        "DROP TABLE operator_events, allowed_addresses, pruned_address_failures, pruned_user_failures,"
            + " pruned_last_logins, log_filters");
    sql.query("ALTER TABLE quarantine DROP COLUMN attempt");
    sql.query("INSERT INTO service_state (id, watermark, generation) VALUES (1, 7, 'old/3')");
    assertThatThrownBy(() -> Schema.requireFit(database))
        .hasMessageContaining("no table operator_events");
    Schema.bringUpToDate(database);
    assertThat(sql.query("SELECT * FROM address_failures")).containsExactly("192.0.2.1 12 null");
    assertThat(sql.query("SELECT watermark, counted, format FROM service_state"))
        .containsExactly("7 null 2");
    Schema.bringUpToDate(database);
    assertThat(sql.query("SELECT COUNT(*) FROM quarantine WHERE attempt IS NULL"))
        .containsExactly("0");
  }

  /** Whatever else that version may have changed. */
  @Test
  void tablesOfANewerVersionAreLeftAlone() {
    schema();
    sql.query(
        "INSERT INTO service_state (id, watermark, generation, format) VALUES (1, 7, 'new/3', 3)");
    sql.query("ALTER TABLE service_state DROP COLUMN counted");
    for (Runnable start :
        List.<Runnable>of(
            () -> Schema.bringUpToDate(database),
            () -> Schema.create(database),
            () -> Schema.requireFit(database))) {
      assertThatThrownBy(start::run)
          .isInstanceOf(DatabaseException.class)
          .hasMessageContaining("MySQL holds data of format version 3");
    }
    assertThat(sql.query("SHOW COLUMNS FROM service_state LIKE 'counted'")).isEmpty();
  }

  @Test
  void tablesThatAreMissingAreNamed() {
    sql.query("CREATE TABLE users (id INT)");
    assertThatThrownBy(() -> Schema.bringUpToDate(database))
        .hasMessageContaining("the schema is missing (no table login_log, ")
        .hasMessageContaining("sql/schema.sql");
  }
}
