package sekisho.flush;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.Consumer;
import sekisho.login.HistoryEntry;
import sekisho.login.OperatorAct;
import sekisho.login.RecordedAttempt;
import sekisho.mysql.KeysetPages;
import sekisho.mysql.Statements;

/** Reads the history, {@code login_log} and {@code operator_events}, in its order. */
public final class HistoryRows {

  private static final int PAGE = 20_000;
  private static final String READ_LOG = Statements.statement("flush/read_log");
  private static final String READ_EVENTS = Statements.statement("flush/read_events");

  private HistoryRows() {}

  /** Gets a row of the log that is no attempt, and what is wrong with it. */
  public interface Malformed {
    void accept(Row row, RuntimeException problem);
  }

  /**
   * Reads a range, a page at a time.
   *
   * @param statements runs each page: in one transaction, or by itself
   * @param above the number to begin above
   * @param upTo the last number
   * @param consumer gets each entry
   */
  public static void read(
      KeysetPages.Statements statements, long above, long upTo, Consumer<HistoryEntry> consumer) {
    read(
        statements,
        above,
        upTo,
        consumer,
        (row, problem) -> {
          throw problem;
        });
  }

  /**
   * Reads a range, a page at a time.
   *
   * @param malformed gets rows that are no entries
   */
  public static void read(
      KeysetPages.Statements statements,
      long above,
      long upTo,
      Consumer<HistoryEntry> consumer,
      Malformed malformed) {
    for (long from = above; from < upTo; ) {
      RowSet<Row> events = statements.query(READ_EVENTS, from, upTo, PAGE);
      List<OperatorAct> acts = new ArrayList<>(events.size());
      long last = from;
      for (Row row : events) {
        last = row.getLong(0);
        try {
          acts.add(act(row));
        } catch (RuntimeException e) {
          malformed.accept(row, e);
        }
      }
      long end = events.size() < PAGE ? upTo : last;
      int[] next = {0};
      KeysetPages.read(
          statements,
          READ_LOG,
          from,
          PAGE,
          page ->
              page.forEach(
                  row -> {
                    RecordedAttempt attempt;
                    try {
                      attempt = attempt(row);
                    } catch (RuntimeException e) {
                      malformed.accept(row, e);
                      return;
                    }
                    while (next[0] < acts.size()
                        && acts.get(next[0]).sequence() < attempt.sequence()) {
                      consumer.accept(acts.get(next[0]++));
                    }
                    consumer.accept(attempt);
                  }),
          end);
      acts.subList(next[0], acts.size()).forEach(consumer);
      from = end;
    }
  }

  /**
   * Reads one attempt.
   *
   * @param row all columns of the table {@code login_log} in their order
   */
  public static RecordedAttempt attempt(Row row) {
    return new RecordedAttempt(
        row.getLong(0),
        row.getLocalDateTime(1).toInstant(ZoneOffset.UTC),
        number(row, 2),
        row.getString(3),
        row.getString(4),
        row.getInteger(5) == 1);
  }

  /**
   * Reads one act.
   *
   * @param row all columns of the table {@code operator_events} in their order
   * @throws IllegalArgumentException when it is none
   */
  public static OperatorAct act(Row row) {
    return new OperatorAct(
        row.getLong(0),
        row.getLocalDateTime(1).toInstant(ZoneOffset.UTC),
        OperatorAct.Kind.valueOf(row.getString(2).toUpperCase(Locale.ROOT)),
        number(row, 3),
        row.getString(4),
        row.getString(5),
        row.getString(6));
  }

  private static OptionalLong number(Row row, int column) {
    Long number = row.getLong(column);
    return number == null ? OptionalLong.empty() : OptionalLong.of(number);
  }
}
