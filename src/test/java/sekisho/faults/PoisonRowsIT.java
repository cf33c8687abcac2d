package sekisho.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.redis.client.Response;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.faults.PoisonRow.Kind;
import sekisho.testing.RedisProbe;
import sekisho.testing.SqlProbe;
import sekisho.testing.Until;

/**
 * Somebody puts rows that are no attempts into the queue, at its tail, in its middle and at its
 * head, while attempts are made and moved to MySQL: they are put aside and told, and no attempt
 * suffers.
 */
class PoisonRowsIT extends FaultTestBase {

  private static final int CLIENTS = 12;
  private static final int COPIES = 5;

  /**
   * Puts a row at the head, or behind an attempt that MySQL lacks: the last one, or any. What is
   * right at the head when a flush trims, though it did not read it, goes unseen if it looks like
   * an attempt that the log has; so it is with the head alone.
   */
  private static final String PUT =
      """
      local row, place, part, mark = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
      if place == 'HEAD' then
        return redis.call('LPUSH', KEYS[1], row)
      end
      local index = place == 'TAIL' and -1 or math.floor(redis.call('LLEN', KEYS[1]) * part)
      local before = redis.call('LINDEX', KEYS[1], index) or ''
      local number = tonumber(string.match(before, '^(%d+)\t') or 0)
      if number <= tonumber(redis.call('HGET', KEYS[2], 'flushed') or 0) or string.find(before, mark, 1, true) then
        return 0
      elseif place == 'TAIL' then
        return redis.call('RPUSH', KEYS[1], row)
      end
      return redis.call('LINSERT', KEYS[1], 'AFTER', before, row)
      """;

  private static RedisProbe redis;
  private static SqlProbe sql;

  private enum Place {
    HEAD,
    MIDDLE,
    TAIL
  }

  /** A row to put somewhere. */
  private record Placement(Kind kind, Place place) {
    /** Whether the service is to see it in any case. */
    boolean isSeen() {
      return place != Place.HEAD || !kind.looksLikeAnAttempt();
    }
  }

  @BeforeAll
  static void start() {
    stage = FaultStage.set();
    redis = new RedisProbe(stage.redisUrl());
    sql = new SqlProbe(stage.mysqlUrl());
    // Small chunks, so that rows come at all places of them, and low, so that one flush follows the
    // other.
    home = stage.home().with("SEKISHO_FLUSH_THRESHOLD", "200").with("SEKISHO_FLUSH_CHUNK", "20");
    service = home.startReady("serve");
  }

  @AfterAll
  static void close() {
    redis.close();
    sql.close();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void arePutAsideAndTold(Repetition repetition) {
    stage.load().start(CLIENTS, home.port());
    stage.load().awaitAnswered(100);
    Until.isTrue(
        "an act is in the log",
        () -> {
          stage.report(home);
          return !sql.query("SELECT id FROM operator_events LIMIT 1").isEmpty();
        });
    long quarantined = quarantined();
    List<PoisonRow> seen = new ArrayList<>();
    for (Placement placement : placements(repetition.random())) {
      repetition.awaitMoment(Duration.ofMillis(30));
      String unique = repetition.seed() + "-" + placement.kind() + "-" + placement.place();
      PoisonRow row =
          PoisonRow.of(placement.kind(), unique, number(placement.kind(), repetition.random()));
      put(row.bytes(), placement.place(), repetition.random());
      if (placement.isSeen()) {
        seen.add(row);
      }
    }
    for (int copy = 0; copy < COPIES; copy++) {
      put(queued(repetition.random()), Place.TAIL, repetition.random());
    }
    stage.load().awaitAnswered(200);
    Until.isTrue(
        "all are in quarantine",
        () -> {
          stage.report(home);
          return inQuarantine().containsAll(seen.stream().map(PoisonRow::digest).toList());
        });
    assertThat(service.out()).contains(seen.stream().map(PoisonRow::logLine).toList());
    assertThat(quarantined() - quarantined).as("rows counted").isGreaterThanOrEqualTo(seen.size());
    stage.assertNothingLost(
        seen.size()
            + " poison rows and "
            + COPIES
            + " copies of attempts in the queue, "
            + repetition,
        home);
    Until.isTrue(
        "nothing is left in the queue",
        () -> {
          stage.report(home);
          return redis.send("LLEN", stage.prefix() + "queue").toLong() == 0;
        });
  }

  private static List<Placement> placements(Random random) {
    List<Placement> placements = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      for (Place place : Place.values()) {
        // Before the attempt itself it would be that attempt: whoever can write that into the queue
        // is believed.
        if (kind != Kind.NUMBER_OF_A_QUEUED_ATTEMPT || place == Place.TAIL) {
          placements.add(new Placement(kind, place));
        }
      }
    }
    Collections.shuffle(placements, random);
    return placements;
  }

  /** The number of an attempt or act that is in the log, or was in the queue a moment ago. */
  private static long number(Kind kind, Random random) {
    if (kind == Kind.NUMBER_OF_A_QUEUED_ATTEMPT) {
      return Long.parseLong(new String(queued(random), StandardCharsets.UTF_8).split("\t", 2)[0]);
    }
    if (kind == Kind.NUMBER_OF_A_LOGGED_ACT) {
      List<String> acts = sql.query("SELECT id FROM operator_events ORDER BY id");
      return Long.parseLong(acts.get(random.nextInt(acts.size())));
    }
    return 1 + random.nextInt(Integer.parseInt(sql.query("SELECT MAX(id) FROM login_log").get(0)));
  }

  /** An attempt that waits. */
  private static byte[] queued(Random random) {
    List<byte[]> rows = new ArrayList<>();
    Until.isTrue(
        "an attempt waits",
        () -> {
          for (Response row : redis.send("LRANGE", stage.prefix() + "queue", "-20", "-1")) {
            // Those that are poison have the mark near their beginning.
            if (!new String(
                    row.toBytes(),
                    0,
                    Math.min(80, row.toBytes().length),
                    StandardCharsets.ISO_8859_1)
                .contains(PoisonRow.MARK)) {
              rows.add(row.toBytes());
            }
          }
          return !rows.isEmpty();
        });
    return rows.get(random.nextInt(rows.size()));
  }

  private static void put(byte[] row, Place place, Random random) {
    List<byte[]> arguments = new ArrayList<>();
    for (String text : List.of(PUT, "2", stage.prefix() + "queue", stage.prefix() + "state")) {
      arguments.add(text.getBytes(StandardCharsets.UTF_8));
    }
    arguments.add(row);
    for (String text :
        List.of(place.name(), Double.toString(random.nextDouble()), PoisonRow.MARK)) {
      arguments.add(text.getBytes(StandardCharsets.UTF_8));
    }
    Until.isTrue(
        "there is an attempt to put it behind", () -> redis.send("EVAL", arguments).toLong() > 0);
  }

  /** Digests of the rows that were put aside, whole or as far as they are kept. */
  private static List<String> inQuarantine() {
    return sql.query(
        "SELECT digest FROM quarantine"
            + " WHERE LENGTH(queue_row) = 1048576 OR CONVERT(SHA2(queue_row, 256) USING ascii) = digest");
  }

  private static long quarantined() {
    return service
        .management()
        .get("/metrics", null)
        .lines()
        .filter(line -> line.startsWith("sekisho_quarantined_total "))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf(' '))))
        .findFirst()
        .orElseThrow();
  }
}
