package sekisho.testing.history;

import io.vertx.redis.client.Response;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import sekisho.login.RecordedAttempt;
import sekisho.testing.RedisProbe;
import sekisho.testing.SqlProbe;

/**
 * Reads what the stores hold of attempts: the login log, and behind it what waits in the queue.
 * Nothing may change meanwhile.
 */
public final class StoredHistory {

  private static final int PAGE = 20_000;

  private StoredHistory() {}

  /**
   * Reads both.
   *
   * @param prefix what the keys in Redis begin with
   * @param above the sequence number to begin after
   */
  public static List<RecordedAttempt> read(
      SqlProbe sql, RedisProbe redis, String prefix, long above) {
    List<RecordedAttempt> rows = log(sql, above);
    long watermark = Long.parseLong(sql.query("SELECT watermark FROM service_state").get(0));
    for (Response row : redis.send("LRANGE", prefix + "queue", "0", "-1")) {
      RecordedAttempt attempt = queued(row.toString(StandardCharsets.UTF_8));
      // After a crash between commit and trim, the queue still has what the log has.
      if (attempt.sequence() > Math.max(watermark, above)) {
        rows.add(attempt);
      }
    }
    return rows;
  }

  private static List<RecordedAttempt> log(SqlProbe sql, long above) {
    List<RecordedAttempt> rows = new ArrayList<>();
    while (true) {
      long last = rows.isEmpty() ? above : rows.get(rows.size() - 1).sequence();
      List<String> page =
          sql.query(
              "SELECT id, created_at, succeeded, COALESCE(user_id, ''), ip, login FROM login_log"
                  + " WHERE id > "
                  + last
                  + " ORDER BY id LIMIT "
                  + PAGE);
      page.forEach(row -> rows.add(logged(row)));
      if (page.size() < PAGE) {
        return rows;
      }
    }
  }

  private static RecordedAttempt logged(String row) {
    String[] fields = row.split(" ", 6);
    return new RecordedAttempt(
        Long.parseLong(fields[0]),
        LocalDateTime.parse(fields[1]).toInstant(ZoneOffset.UTC),
        user(fields[3]),
        fields[5],
        fields[4],
        fields[2].equals("1"));
  }

  /** Read here anew, so that a mistake of the service's own reading does not hide itself. */
  private static RecordedAttempt queued(String row) {
    String[] fields = row.split("\t", 6);
    return new RecordedAttempt(
        Long.parseLong(fields[0]),
        Instant.ofEpochMilli(Long.parseLong(fields[1])),
        user(fields[3]),
        fields[5],
        fields[4],
        fields[2].equals("1"));
  }

  private static OptionalLong user(String id) {
    return id.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(id));
  }
}
