package sekisho.report;

import io.vertx.sqlclient.Row;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import sekisho.login.RecordedAttempt;
import sekisho.mysql.Database;
import sekisho.mysql.JsonRows;
import sekisho.mysql.Sql;

/**
 * Compares rows whose numbers the log has with the log. They are there when a flush ended between its commit and its trim;
 * anything else under such a number is no attempt that may be dropped in silence.
 */
final class KnownAttempts {

  /** What is wrong with a row that is not what it should be. */
  static final String STRANGER = "is not the attempt that the log has under its number";

  private static final String READ = Sql.statement("flush/read_attempts.sql");

  private KnownAttempts() {
  }

  /**
   * Finds those that differ.
   *
   * @param rows rows with numbers up to the watermark
   * @param transaction the flush's
   * @return rows that are not in the log as they are, each with what is wrong with it
   */
  static Map<byte[], String> among(Map<byte[], RecordedAttempt> rows, Database.Transaction transaction) {
    Map<byte[], String> strangers = new LinkedHashMap<>();
    if (!rows.isEmpty()) {
      Map<Long, RecordedAttempt> logged = new HashMap<>();
      String numbers = JsonRows.of(rows.values(), (json, attempt) -> json.writeNumber(attempt.sequence()));
      transaction.query(READ, numbers).forEach(row -> logged.put(row.getLong(0), attempt(row)));
      rows.forEach((row, attempt) -> {
        if (!attempt.equals(logged.get(attempt.sequence()))) {
          strangers.put(row, STRANGER);
        }
      });
    }
    return strangers;
  }

  private static RecordedAttempt attempt(Row row) {
    return new RecordedAttempt(row.getLong(0), row.getLocalDateTime(1).toInstant(ZoneOffset.UTC),
        row.getLong(2) == null ? OptionalLong.empty() : OptionalLong.of(row.getLong(2)),
        row.getString(3), row.getString(4), row.getInteger(5) == 1);
  }
}
