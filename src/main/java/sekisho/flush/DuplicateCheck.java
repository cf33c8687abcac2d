package sekisho.flush;

import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import sekisho.login.HistoryEntry;
import sekisho.login.RecordedAttempt;
import sekisho.mysql.Database;
import sekisho.mysql.Statements;

/**
 * Compares rows whose numbers MySQL has with what it has. They are there when a flush ended between
 * its commit and its trim; anything else under such a number is no entry that may be dropped in
 * silence.
 */
final class DuplicateCheck {

  /** What is wrong with a row that is not what it should be. */
  static final String STRANGER = "is not the attempt that the log has under its number";

  private static final int ROWS = 5_000;
  private static final String READ_ATTEMPTS = Statements.statement("flush/read_attempts");
  private static final String READ_ACTS = Statements.statement("flush/read_acts");

  private DuplicateCheck() {}

  /**
   * A row that is not the entry of its number.
   *
   * @param missing the number, if MySQL has no entry under it: it was given out, and so this one
   *     was answered
   */
  record Stranger(byte[] row, OptionalLong missing) {}

  /**
   * Finds those that differ.
   *
   * @param rows rows with numbers up to the watermark
   * @param pruned attempts up to this number were in the log, and may be there no more
   * @param transaction the flush's
   * @return rows that are not in MySQL as they are
   */
  static List<Stranger> among(
      Map<byte[], HistoryEntry> rows, long pruned, Database.Transaction transaction) {
    Map<Long, HistoryEntry> logged = logged(rows.values(), transaction);
    addOthers(rows.values(), transaction, logged);
    List<Stranger> strangers = new ArrayList<>();
    rows.forEach(
        (row, entry) -> {
          HistoryEntry found = logged.get(entry.sequence());
          boolean wasPruned =
              found == null && entry instanceof RecordedAttempt && entry.sequence() <= pruned;
          if (!wasPruned && !entry.equals(found)) {
            strangers.add(
                new Stranger(
                    row, found == null ? OptionalLong.of(entry.sequence()) : OptionalLong.empty()));
          }
        });
    return strangers;
  }

  /** What MySQL has under the numbers of entries. */
  static Map<Long, HistoryEntry> logged(
      Collection<HistoryEntry> entries, Database.Transaction transaction) {
    Map<Long, HistoryEntry> logged = new HashMap<>();
    Predicate<HistoryEntry> isAttempt = RecordedAttempt.class::isInstance;
    read(
        transaction,
        READ_ATTEMPTS,
        entries.stream().filter(isAttempt),
        HistoryRows::attempt,
        logged);
    read(
        transaction,
        READ_ACTS,
        entries.stream().filter(isAttempt.negate()),
        HistoryRows::act,
        logged);
    return logged;
  }

  /** A row that claims to be an attempt may have the number of an act, and the other way round. */
  private static void addOthers(
      Collection<HistoryEntry> entries,
      Database.Transaction transaction,
      Map<Long, HistoryEntry> logged) {
    List<HistoryEntry> others =
        entries.stream().filter(entry -> !logged.containsKey(entry.sequence())).toList();
    Predicate<HistoryEntry> isAttempt = RecordedAttempt.class::isInstance;
    read(transaction, READ_ACTS, others.stream().filter(isAttempt), HistoryRows::act, logged);
    read(
        transaction,
        READ_ATTEMPTS,
        others.stream().filter(isAttempt.negate()),
        HistoryRows::attempt,
        logged);
  }

  private static void read(
      Database.Transaction transaction,
      String statement,
      Stream<HistoryEntry> asked,
      Function<Row, HistoryEntry> reader,
      Map<Long, HistoryEntry> logged) {
    transaction.queryRows(
        statement,
        asked.toList(),
        (json, entry) -> json.writeNumber(entry.sequence()),
        ROWS,
        found -> found.forEach(row -> logged.put(row.getLong(0), reader.apply(row))));
  }
}
