package sekisho.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.dev.server.Durability;
import sekisho.testing.RedisProbe;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceProcess;
import sekisho.testing.SqlProbe;
import sekisho.testing.Until;
import sekisho.testing.history.ReportProbe;

/**
 * A store that can write no more: attempts, or reports, are refused; nothing is lost; all goes on
 * when there is room again.
 */
@Tag("faults")
class DiskFullIT {

  private static final int CLIENTS = 12;
  private static final long A_LITTLE = 20_000;

  private static SmallDisk disk;
  private static FaultStage stage;
  private static ServiceHome home;
  private static ServiceProcess service;

  @BeforeAll
  static void start() {
    disk = new SmallDisk(Durability.POWER_LOSS);
    stage = FaultStage.set(disk.servers());
    home =
        stage
            .home()
            .with("SEKISHO_MYSQL_TIMEOUT_MS", "5000")
            .with("SEKISHO_REDIS_TIMEOUT_MS", "1000");
    service = home.startReady("serve");
  }

  @AfterAll
  static void close() {
    if (stage != null) {
      stage.close();
    }
    if (disk != null) {
      disk.close();
    }
  }

  @AfterEach
  void stopTheLoad() {
    stage.load().stop();
  }

  private static void redis(String... words) {
    try (RedisProbe redis = new RedisProbe(stage.stores().redisUrl())) {
      redis.send(words[0], Arrays.copyOfRange(words, 1, words.length));
    }
  }

  private static void awaitRefusals() {
    long refused = stage.load().refused();
    Until.isTrue("attempts are refused", () -> stage.load().refused() >= refused + 5 * CLIENTS);
  }

  /** Redis refuses what would change anything, and keeps in memory what it could not write. */
  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void ofRedisThatWritesEverySecond(Repetition repetition) {
    stage.load().start(CLIENTS, home.port());
    stage.load().awaitAnswered(100);
    disk.leaveRedis((long) (A_LITTLE * repetition.random().nextDouble()));
    awaitRefusals();
    assertThat(service.out()).contains("Redis refuses attempts: ");
    disk.free(stage.servers().servers().redis().pid().orElseThrow());
    stage.load().awaitAnswered(100);
    assertThat(service.out()).contains("Redis accepts attempts again");
    stage.assertNothingLost("disk of Redis full (everysec), " + repetition, home);
  }

  /** Redis ends itself before it answers what it could not write. */
  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void ofRedisThatWritesAlways(Repetition repetition) {
    redis("CONFIG", "SET", "appendfsync", "always");
    stage.load().start(CLIENTS, home.port());
    stage.load().awaitAnswered(100);
    disk.leaveRedis((long) (A_LITTLE * repetition.random().nextDouble()));
    Until.isTrue("Redis has ended", () -> !stage.servers().servers().redis().isRunning());
    awaitRefusals();
    stage.servers().servers().redis().start();
    redis("CONFIG", "SET", "appendfsync", "always");
    stage.load().awaitAnswered(100);
    stage.assertNothingLost("disk of Redis full (always), " + repetition, home);
    redis("CONFIG", "SET", "appendfsync", "everysec");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void ofMySql(Repetition repetition) {
    stage.load().start(CLIENTS, home.port());
    stage.load().awaitAnswered(1000);
    disk.leaveMariaDb(0);
    try (SqlProbe sql = stage.stores().sql()) {
      sql.query("CREATE TABLE filler (id INT AUTO_INCREMENT PRIMARY KEY, text CHAR(255) NOT NULL)");
      fill(sql);
      // The tables may still have free pages.
      Until.isTrue(
          "no report, as MySQL has no room for the attempts before it",
          () -> ReportProbe.ask(home.port()).isEmpty());
      repetition.awaitMoment(Duration.ofMillis(300));
      long refused = stage.load().refused();
      stage.load().awaitAnswered(100);
      assertThat(stage.load().refused()).as("attempts go on").isEqualTo(refused);
      disk.free(stage.servers().servers().mariaDb().pid().orElseThrow());
      sql.query("DROP TABLE filler");
    }
    stage.assertNothingLost("disk of MySQL full, " + repetition, home);
  }

  private static void fill(SqlProbe sql) {
    sql.query("INSERT INTO filler (text) VALUES ('x')");
    try {
      for (int doublings = 0; doublings < 24; doublings++) {
        sql.query("INSERT INTO filler (text) SELECT text FROM filler LIMIT 2000");
      }
      for (int rows = 0; rows < 1000; rows++) {
        sql.query("INSERT INTO filler (text) SELECT text FROM filler LIMIT 2000");
      }
      throw new AssertionError("the disk does not fill up");
    } catch (IllegalStateException e) {
      assertThat(e).hasMessageContaining("is full");
    }
  }

  /** What waits in the queue fills Redis: the service moves it to MySQL, and goes on by itself. */
  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void ofMemoryOfRedis(Repetition repetition) {
    stage.load().start(CLIENTS, home.port());
    stage.load().awaitAnswered(3000);
    try (RedisProbe redis = new RedisProbe(stage.stores().redisUrl())) {
      String used =
          redis.send("INFO", "memory").toString().replaceFirst("(?s).*used_memory:(\\d+).*", "$1");
      redis.send("CONFIG", "SET", "maxmemory", used);
    }
    try {
      awaitRefusals();
      stage.load().awaitAnswered(500);
      assertThat(service.out()).contains("Redis accepts attempts again");
    } finally {
      redis("CONFIG", "SET", "maxmemory", "0");
    }
    stage.assertNothingLost("memory of Redis full, " + repetition, home);
  }
}
