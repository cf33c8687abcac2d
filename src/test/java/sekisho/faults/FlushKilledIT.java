package sekisho.faults;

import static sekisho.faults.FlushStatements.holdCommit;
import static sekisho.faults.FlushStatements.holdInsert;
import static sekisho.testing.StoreGate.When.AFTER;
import static sekisho.testing.StoreGate.When.BEFORE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.testing.RedisProbe;
import sekisho.testing.StoreGate;
import sekisho.testing.StoreGate.Hold;

/**
 * {@code kill -9} of the service at each step of the flush, while attempts go on. Gates hold the
 * step until the kill. The flush works by LOAD DATA or by INSERT, as chance has it.
 */
class FlushKilledIT extends FaultTestBase {

  private static final int CLIENTS = 24;

  private static StoreGate mySql;
  private static StoreGate redis;
  private static Predicate<String> trim;

  /** Where the flush is when the service is killed. */
  enum Step {
    BEFORE_THE_INSERT,
    AFTER_THE_INSERT,
    BEFORE_THE_COMMIT,
    AFTER_THE_COMMIT,
    BEFORE_THE_TRIM,
    AFTER_THE_TRIM;

    /** Waits until a flush is there, and holds it. */
    Hold reach() {
      return switch (this) {
        case BEFORE_THE_INSERT -> holdInsert(mySql, BEFORE);
        case AFTER_THE_INSERT -> holdInsert(mySql, AFTER);
        case BEFORE_THE_COMMIT -> holdCommit(mySql, BEFORE);
        case AFTER_THE_COMMIT -> holdCommit(mySql, AFTER);
        case BEFORE_THE_TRIM -> redis.holdNext(BEFORE, trim).awaitHeld();
        case AFTER_THE_TRIM -> redis.holdNext(AFTER, trim).awaitHeld();
      };
    }
  }

  @BeforeAll
  static void start() throws IOException {
    stage = FaultStage.set().withoutReports();
    mySql = StoreGate.ofMySql(stage.mysqlUrl());
    redis = StoreGate.ofRedis(stage.redisUrl());
    try (RedisProbe probe = new RedisProbe(stage.redisUrl())) {
      // Known from the start: the service's first call of it is to be the trim itself.
      String digest =
          probe.send("SCRIPT", "LOAD", Files.readString(Path.of("redis/trim.lua"))).toString();
      trim = command -> command.regionMatches(true, 0, "EVALSHA " + digest, 0, 8 + digest.length());
    }
    home =
        stage
            .home()
            .with("SEKISHO_REDIS_URL", redis.redisUrl())
            // Low, so that one flush follows the other.
            .with("SEKISHO_FLUSH_THRESHOLD", "200")
            .with("SEKISHO_FLUSH_CHUNK", "100");
    start(false);
  }

  private static void start(boolean byInsert) {
    // A connection that may be encrypted sends no files.
    home.with(
        "SEKISHO_MYSQL_URL",
        mySql.mySqlUrl(stage.mysqlUrl()).replace("DISABLED", byInsert ? "PREFERRED" : "DISABLED"));
    service = home.startReady("serve");
  }

  @AfterAll
  static void close() {
    mySql.close();
    redis.close();
  }

  static Stream<Arguments> steps() {
    return Repetition.all()
        .flatMap(
            repetition -> Stream.of(Step.values()).map(step -> Arguments.of(step, repetition)));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("steps")
  void duringAFlush(Step step, Repetition repetition) {
    stage.load().start(CLIENTS, home.port());
    Hold hold = step.reach();
    repetition.awaitMoment(Duration.ofMillis(100));
    service.kill();
    hold.cut();
    start(repetition.random().nextBoolean());
    stage.load().awaitAnswered(100);
    stage.assertNothingLost("kill -9 of the service " + step + ", " + repetition, home);
  }
}
