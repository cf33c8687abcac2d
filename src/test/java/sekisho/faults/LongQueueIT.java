package sekisho.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.faults.FlushStatements.COMMIT;
import static sekisho.faults.FlushStatements.INSERT;
import static sekisho.testing.StoreGate.When.AFTER;
import static sekisho.testing.StoreGate.When.BEFORE;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import sekisho.faults.FlushTraffic.LogFile;
import sekisho.testing.RedisProbe;
import sekisho.testing.SqlProbe;
import sekisho.testing.StoreGate;
import sekisho.testing.StoreGate.Hold;
import sekisho.testing.Until;

/**
 * A queue of millions, as after hours without MySQL, is moved by a service whose memory could not
 * hold it, while logins go on; killed again and again in the middle of a transaction, the move goes
 * on where it stopped. The system property {@code sekisho.faults.queue} says how many attempts wait
 * (100,000 unless it is set); there are as many kills as repetitions.
 */
class LongQueueIT extends FaultTestBase {

  private static final int QUEUED = Integer.getInteger("sekisho.faults.queue", 100_000);
  private static final int CLIENTS = 4;
  private static final Duration LIMIT = Duration.ofMinutes(10);

  /** Attempts with names of their own; nine from each address, so that none is banned. */
  private static final String FILL =
      """
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

  /**
   * So small that each life of the service moves a few transactions of {@link #PORTIONS} chunks,
   * and its default at most.
   */
  private static final int CHUNK = Math.min(5_000, QUEUED / (100 * Repetition.count()));

  private static final int PORTIONS = 10;

  /** Whole transactions of a life before the one that is cut short, at most. */
  private static final int WHOLE = 3;

  /** More than the text of an attempt of this test has in a file. */
  private static final int ROW_BYTES = 80;

  /**
   * The state tables are written by 20,000 rows, of at most so many bytes of JSON here: no
   * statement but a file knows the chunk.
   */
  private static final int STATEMENT_BYTES = 20_000 * 64;

  /** Progress is told when so much time has gone by since it was. */
  private static final Duration TOLD_EVERY = Duration.ofSeconds(2);

  private static final String HEAP = "128m";

  /**
   * The heap, as much again for the network's buffers (the Java machine's own limit for them), and
   * half of that for the machine itself: classes, compiled code, stacks. Two million rows take more
   * than this heap as their bytes alone.
   */
  private static final long RESIDENT_MEGABYTES = 128 + 128 + 64;

  private static final FlushTraffic TRAFFIC = new FlushTraffic();
  private static StoreGate mySql;
  private static StoreGate redis;
  private static SqlProbe sql;

  /** How many attempts were seen in the log. */
  private long moved;

  /** The same, when the service was started. */
  private long stopped;

  private long peakMegabytes;

  @BeforeAll
  static void start() {
    stage = FaultStage.set().withoutReports();
    mySql = StoreGate.ofMySql(stage.mysqlUrl());
    mySql.watch(TRAFFIC::toMySql);
    redis = StoreGate.ofRedis(stage.redisUrl());
    redis.watch(TRAFFIC::toRedis);
    sql = new SqlProbe(stage.mysqlUrl());
    home =
        stage
            .home()
            .withHeap(HEAP)
            .with("SEKISHO_MYSQL_URL", mySql.mySqlUrl(stage.mysqlUrl()))
            .with("SEKISHO_REDIS_URL", redis.redisUrl())
            // Statements are held for as long as the test needs.
            .with("SEKISHO_MYSQL_TIMEOUT_MS", "300000")
            .with("SEKISHO_FLUSH_THRESHOLD", "10000")
            .with("SEKISHO_FLUSH_CHUNK", Integer.toString(CHUNK));
  }

  @AfterAll
  static void close() {
    mySql.close();
    redis.close();
    sql.close();
  }

  @Test
  void isMovedInBoundedStepsAndGoesOnWhereItStopped() {
    Repetition repetition = Repetition.all().findFirst().orElseThrow();
    service = home.startReady("serve");
    fill();
    Hold insert = mySql.holdNext(BEFORE, INSERT);
    stage.load().start(CLIENTS, home.port());
    long begun = System.nanoTime();
    insert = assertProgressIsTold(insert);
    for (int kill = 1; kill <= Repetition.count(); kill++) {
      killHalfWay(insert, repetition.random());
      insert = mySql.holdNext(BEFORE, INSERT);
      service = home.startReady("serve");
    }
    insert.awaitHeld().release();
    Until.isTrue("all are moved", LIMIT, () -> count() >= QUEUED);
    long seconds = Duration.ofNanos(System.nanoTime() - begun).toSeconds();
    stage.assertNothingLost(
        "a queue of "
            + QUEUED
            + " attempts, flushed in "
            + seconds
            + " s through "
            + Repetition.count()
            + " kill(s) half-way, "
            + repetition,
        home);
    assertBounded();
    assertThat(
            sql.query(
                "SELECT COUNT(*), MIN(id), MAX(id) FROM login_log WHERE login LIKE 'queued%'"))
        .containsExactly(QUEUED + " 1 " + QUEUED);
    assertThat(
            sql.query(
                "SELECT COUNT(*) FROM login_log WHERE login LIKE 'queued%' AND login <> CONCAT('queued', id)"))
        .as("in their order")
        .containsExactly("0");
  }

  private static void fill() {
    try (RedisProbe probe = new RedisProbe(stage.redisUrl())) {
      int together = 1000;
      for (int first = 1; first <= QUEUED; first += together) {
        probe.send(
            "EVAL",
            FILL,
            "3",
            stage.prefix() + "failures:address",
            stage.prefix() + "queue",
            stage.prefix() + "state",
            Integer.toString(first),
            Integer.toString(together));
      }
    }
    stage.skip(QUEUED);
  }

  /**
   * Keeps a transaction waiting for as long as it takes until there is progress to tell; logins go
   * on meanwhile.
   */
  private Hold assertProgressIsTold(Hold insert) {
    Hold commit = insert.awaitHeld().releaseUntil(BEFORE, COMMIT).awaitHeld();
    long since = System.nanoTime();
    Until.isTrue("progress is due", () -> System.nanoTime() - since > TOLD_EVERY.toNanos());
    stage.load().awaitAnswered(100);
    Hold next = mySql.holdNext(BEFORE, INSERT);
    commit.release();
    service.awaitPrinted("flushing: " + PORTIONS * CHUNK + " rows so far, ");
    assertMovedATransaction();
    return next;
  }

  /** Lets a few transactions pass, and kills the service in the one after them. */
  private void killHalfWay(Hold first, Random random) {
    Hold insert = first;
    for (int whole = 1 + random.nextInt(WHOLE); whole > 0; whole--) {
      Hold commit = insert.awaitHeld().releaseUntil(AFTER, COMMIT).awaitHeld();
      assertMovedATransaction();
      insert = mySql.holdNext(BEFORE, INSERT);
      commit.release();
    }
    Hold middle = stop(insert.awaitHeld(), random);
    boolean committed = count() > moved;
    if (committed) {
      assertMovedATransaction();
    }
    peakMegabytes = Math.max(peakMegabytes, Footprint.peakMegabytes(service));
    service.kill();
    middle.cut();
    assertThat(count()).as("moved, after a kill").isEqualTo(moved).isLessThan(QUEUED);
    assertWentOnWhereItStopped();
    stopped = moved;
  }

  /** Holds a transaction somewhere between its first portion and the answer to its commit. */
  private static Hold stop(Hold insert, Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> insert.releaseUntil(BEFORE, COMMIT).awaitHeld();
      case 1 -> insert.releaseUntil(AFTER, COMMIT).awaitHeld();
      default -> {
        Hold portion = insert;
        for (int portions = random.nextInt(PORTIONS - 1); portions >= 0; portions--) {
          portion = portion.releaseUntil(BEFORE, INSERT).awaitHeld();
        }
        yield portion;
      }
    };
  }

  /** How many attempts are in the log: all from the first one on, without a gap. */
  private static long count() {
    String[] found =
        sql.query("SELECT COUNT(*), COALESCE(MAX(id), 0) FROM login_log").get(0).split(" ");
    assertThat(found[0])
        .as("attempts in the log, the highest number of which is %s", found[1])
        .isEqualTo(found[1]);
    return Long.parseLong(found[1]);
  }

  private void assertMovedATransaction() {
    long now = count();
    assertThat(now - moved)
        .as("attempts of a transaction")
        .isPositive()
        .isLessThanOrEqualTo(PORTIONS * CHUNK);
    moved = now;
  }

  /**
   * Files began above what was in the log and followed each other; in vain was what the last
   * transaction had.
   */
  private void assertWentOnWhereItStopped() {
    List<LogFile> files = TRAFFIC.takeFiles();
    long before = stopped + 1 - CHUNK;
    for (LogFile file : files) {
      assertThat(file.first() - before)
          .as("attempts of the file before number %d", file.first())
          .isPositive()
          .isLessThanOrEqualTo(CHUNK);
      assertThat(file.bytes()).as("bytes of a file").isLessThanOrEqualTo(CHUNK * ROW_BYTES);
      before = file.first();
    }
    assertThat(files.get(0).first())
        .as("the first attempt sent by a service")
        .isEqualTo(stopped + 1);
    assertThat(before - moved).as("attempts sent in vain").isLessThanOrEqualTo(PORTIONS * CHUNK);
  }

  private void assertBounded() {
    moved = count();
    assertWentOnWhereItStopped();
    assertThat(TRAFFIC.largestStatement())
        .as("bytes of a statement")
        .isLessThanOrEqualTo(STATEMENT_BYTES);
    // The last row of the portion before comes again, as a proof that nothing has moved.
    assertThat(TRAFFIC.longestRead())
        .as("rows read from the queue at once")
        .isBetween((long) CHUNK, CHUNK + 1L);
    peakMegabytes = Math.max(peakMegabytes, Footprint.peakMegabytes(service));
    System.out.printf(
        "the service had %d MB of memory at most, %s of them heap%n", peakMegabytes, HEAP);
    assertThat(peakMegabytes).as("megabytes of memory").isLessThanOrEqualTo(RESIDENT_MEGABYTES);
    assertThat(home.everythingPrinted()).doesNotContain("OutOfMemory");
  }
}
