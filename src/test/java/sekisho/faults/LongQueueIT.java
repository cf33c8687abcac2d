package sekisho.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import sekisho.testing.RedisProbe;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceProcess;
import sekisho.testing.SqlProbe;
import sekisho.testing.Until;

/**
 * A queue of millions, as after hours without MySQL, is moved by a service whose memory could not hold it, while logins go on;
 * killed again and again half-way, the move goes on where it stopped. The system property {@code sekisho.faults.queue} says
 * how many attempts wait (100,000 unless it is set).
 */
@Tag("faults")
class LongQueueIT {

  private static final int QUEUED = Integer.getInteger("sekisho.faults.queue", 100_000);
  private static final int CLIENTS = 4;
  private static final Duration LIMIT = Duration.ofMinutes(10);
  /** Attempts with names of their own; nine from each address, so that none is banned. */
  private static final String FILL = """
      local first, count = tonumber(ARGV[1]), tonumber(ARGV[2])
      local rows, failures = {}, {}
      local now = redis.call('TIME')[1] .. '000'
      for i = first, first + count - 1 do
        local n = math.floor(i / 9)
        local address = string.format('172.%d.%d.%d', 16 + math.floor(n / 65536), math.floor(n / 256) % 256, n % 256)
        rows[#rows + 1] = string.format('%d\\t%s\\t0\\t\\t%s\\tqueued%d', i, now, address, i)
        failures[address] = (failures[address] or 0) + 1
      end
      for address, count in pairs(failures) do
        redis.call('HINCRBY', KEYS[1], address, count)
      end
      redis.call('RPUSH', KEYS[2], unpack(rows))
      redis.call('HSET', KEYS[3], 'sequence', first + count - 1)
      """;

  /** A shorter queue is moved before there is progress to tell. */
  private static final int LONG = 1_000_000;

  private static FaultStage stage;
  private static ServiceHome home;
  private static ServiceProcess service;

  @BeforeAll
  static void start() {
    stage = FaultStage.set();
    // Two million rows would take several times this heap. Small chunks, so that there is progress to tell between two kills.
    home = stage.home().withHeap("128m").with("SEKISHO_FLUSH_THRESHOLD", "10000")
        .with("SEKISHO_FLUSH_CHUNK", Integer.toString(QUEUED / 400));
    service = home.startReady("serve");
    try (RedisProbe redis = new RedisProbe(stage.redisUrl())) {
      int together = 1000;
      for (int first = 1; first <= QUEUED; first += together) {
        redis.send("EVAL", FILL, "3", stage.prefix() + "failures:address", stage.prefix() + "queue", stage.prefix() + "state",
            Integer.toString(first), Integer.toString(together));
      }
    }
    stage.skip(QUEUED);
  }

  @AfterAll
  static void close() {
    stage.close();
  }

  private static long moved(SqlProbe sql) {
    return Long.parseLong(sql.query("SELECT COALESCE(MAX(id), 0) FROM login_log").get(0));
  }

  @Test
  void isMovedInBoundedStepsAndGoesOnWhereItStopped() {
    Repetition repetition = Repetition.all().findFirst().orElseThrow();
    int kills = Repetition.count();
    stage.load().start(CLIENTS, home.port());
    try (SqlProbe sql = new SqlProbe(stage.mysqlUrl())) {
      long movedBefore = 0;
      int killed = 0;
      for (int i = 1; i <= kills; i++) {
        long goal = Math.max(movedBefore + 1,
            (long) (QUEUED * (i - 1 + repetition.random().nextDouble()) / (kills + 1)));
        Until.isTrue("the flush has moved " + goal, LIMIT, () -> moved(sql) >= goal);
        if (moved(sql) >= QUEUED) {
          break; // faster than the next kill
        }
        service.kill();
        movedBefore = moved(sql);
        killed += movedBefore < QUEUED ? 1 : 0;
        service = home.startReady("serve");
      }
      Until.isTrue("all are moved", LIMIT, () -> moved(sql) >= QUEUED);
      assertThat(home.everythingPrinted()).doesNotContain("OutOfMemory");
      if (QUEUED >= LONG) {
        assertThat(home.everythingPrinted()).as("progress is told every two seconds").contains("flushing: ");
      }
      stage.assertNothingLost("a queue of " + QUEUED + " attempts, flushed through " + killed + " kill(s), " + repetition, home);
      assertThat(sql.query("SELECT COUNT(*), MIN(id), MAX(id) FROM login_log WHERE login LIKE 'queued%'"))
          .containsExactly(QUEUED + " 1 " + QUEUED);
      assertThat(sql.query("SELECT COUNT(*) FROM login_log WHERE login LIKE 'queued%' AND login <> CONCAT('queued', id)"))
          .as("in their order").containsExactly("0");
    }
  }
}
