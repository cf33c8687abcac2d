package sekisho.flush;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import sekisho.login.RecordedAttempt;
import sekisho.mysql.Database;
import sekisho.mysql.Statements;

/**
 * Compares rows whose numbers the log has with the log. They are there when a flush ended between
 * its commit and its trim; anything else under such a number is no attempt that may be dropped in
 * silence.
 */
final class DuplicateCheck {

  /** What is wrong with a row that is not what it should be. */
  static final String STRANGER = "is not the attempt that the log has under its number";

  private static final int ROWS = 5_000;
  private static final String READ = Statements.statement("flush/read_attempts");

  private DuplicateCheck() {}

  /**
   * A row that is not the attempt of its number.
   *
   * @param missing the number, if the log has no attempt under it: it was given out, and so this
   *     one was answered
   */
  record Stranger(byte[] row, OptionalLong missing) {}

  /**
   * Finds those that differ.
   *
   * @param rows rows with numbers up to the watermark
   * @param transaction the flush's
   * @return rows that are not in the log as they are
   */
  static List<Stranger> among(Map<byte[], RecordedAttempt> rows, Database.Transaction transaction) {
    Map<Long, RecordedAttempt> logged = logged(rows.values(), transaction);
    List<Stranger> strangers = new ArrayList<>();
    rows.forEach(
        (row, attempt) -> {
          RecordedAttempt found = logged.get(attempt.sequence());
          if (!attempt.equals(found)) {
            strangers.add(
                new Stranger(
                    row,
                    found == null ? OptionalLong.of(attempt.sequence()) : OptionalLong.empty()));
          }
        });
    return strangers;
  }

  /** What the log has under the numbers of attempts. */
  static Map<Long, RecordedAttempt> logged(
      Collection<RecordedAttempt> attempts, Database.Transaction transaction) {
    Map<Long, RecordedAttempt> logged = new HashMap<>();
    transaction.queryRows(
        READ,
        attempts,
        (json, attempt) -> json.writeNumber(attempt.sequence()),
        ROWS,
        found -> found.forEach(row -> logged.put(row.getLong(0), LoginLogReader.attempt(row))));
    return logged;
  }
}
