package sekisho.testing.history;

import io.vertx.redis.client.Response;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import sekisho.login.HistoryEntry;
import sekisho.login.OperatorAct;
import sekisho.login.RecordedAttempt;
import sekisho.testing.RedisProbe;
import sekisho.testing.SqlProbe;

/**
 * Reads what the stores hold of attempts and acts: what MySQL has, and behind it what waits in the
 * queue. Nothing may change meanwhile.
 */
public final class StoredHistory {

  private static final int PAGE = 20_000;
  private static final String ACT = "v2\t";

  private StoredHistory() {}

  /**
   * Reads both.
   *
   * @param prefix what the keys in Redis begin with
   * @param above the sequence number to begin after
   */
  public static List<HistoryEntry> read(SqlProbe sql, RedisProbe redis, String prefix, long above) {
    List<HistoryEntry> rows = new ArrayList<>(log(sql, above));
    sql.query(
            "SELECT CONCAT_WS('\t', id, created_at, kind, COALESCE(user_id, ''), operator, reason, subject)"
                + " FROM operator_events WHERE id > "
                + above)
        .forEach(row -> rows.add(loggedAct(row)));
    rows.sort(Comparator.comparingLong(HistoryEntry::sequence));
    long watermark = Long.parseLong(sql.query("SELECT watermark FROM service_state").get(0));
    for (Response row : redis.send("LRANGE", prefix + "queue", "0", "-1")) {
      String text = row.toString(StandardCharsets.UTF_8);
      HistoryEntry entry = text.startsWith(ACT) ? queuedAct(text) : queued(text);
      // After a crash between commit and trim, the queue still has what the log has.
      if (entry.sequence() > Math.max(watermark, above)) {
        rows.add(entry);
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

  private static OperatorAct loggedAct(String row) {
    String[] fields = row.split("\t", 7);
    return act(fields, LocalDateTime.parse(fields[1].replace(' ', 'T')).toInstant(ZoneOffset.UTC));
  }

  private static OperatorAct queuedAct(String row) {
    String[] fields = row.substring(ACT.length()).split("\t", 7);
    return act(fields, Instant.ofEpochMilli(Long.parseLong(fields[1])));
  }

  private static OperatorAct act(String[] fields, Instant at) {
    return new OperatorAct(
        Long.parseLong(fields[0]),
        at,
        OperatorAct.Kind.valueOf(fields[2].toUpperCase(Locale.ROOT)),
        user(fields[3]),
        fields[6],
        fields[4],
        fields[5]);
  }

  private static OptionalLong user(String id) {
    return id.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(id));
  }
}
