package sekisho.report;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import sekisho.login.RecordedAttempt;
import sekisho.mysql.Database;
import sekisho.mysql.JsonRows;
import sekisho.mysql.Sql;

/** Appends attempts to {@code login_log} in the way that works on every server: any doubt about a row is an error. */
public final class HistoryWriter {

  /** Rows of one statement: with the longest names, well below {@code max_allowed_packet}. */
  private static final int ROWS = 5_000;
  private static final String INSERT_LOGIN_LOG = Sql.statement("flush/insert_login_log.sql");

  private final Database.Transaction transaction;

  /**
   * Makes a writer.
   *
   * @param transaction in which all of it happens
   */
  public HistoryWriter(Database.Transaction transaction) {
    this.transaction = transaction;
  }

  /**
   * Appends a run of attempts and leaves the state tables as they are.
   *
   * @param attempts in their order, above all ids in the table
   */
  public void append(List<RecordedAttempt> attempts) {
    for (int from = 0; from < attempts.size(); from += ROWS) {
      transaction.query(INSERT_LOGIN_LOG,
          JsonRows.of(attempts.subList(from, Math.min(attempts.size(), from + ROWS)), HistoryWriter::logRow));
    }
  }

  /**
   * Brings the state tables from the state before a run of attempts to the one after it.
   *
   * @param attempts in their order
   */
  public void count(List<RecordedAttempt> attempts) {
    new StateTables(transaction).apply(Changes.of(attempts));
  }

  private static void logRow(JsonGenerator json, RecordedAttempt attempt) throws IOException {
    json.writeStartArray();
    json.writeNumber(attempt.sequence());
    json.writeNumber(attempt.at().toEpochMilli());
    if (attempt.userId().isPresent()) {
      json.writeNumber(attempt.userId().getAsLong());
    } else {
      json.writeNull();
    }
    json.writeString(attempt.login());
    json.writeString(attempt.address());
    json.writeNumber(attempt.succeeded() ? 1 : 0);
    json.writeEndArray();
  }
}
