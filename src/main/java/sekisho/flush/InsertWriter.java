package sekisho.flush;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import sekisho.login.OperatorAct;
import sekisho.login.RecordedAttempt;
import sekisho.login.Thresholds;
import sekisho.mysql.Database;
import sekisho.mysql.DatabaseException;
import sekisho.mysql.Statements;

/**
 * Appends attempts to {@code login_log} in the way that works on every server: any doubt about a
 * row is an error.
 */
public final class InsertWriter {

  /** Rows of one statement, so that none takes long or much memory. */
  private static final int ROWS = 5_000;

  private static final String INSERT_LOGIN_LOG = Statements.statement("flush/insert_login_log");

  private static final String INSERT_ACTS = Statements.statement("flush/insert_acts");

  private final Database.Transaction transaction;

  public InsertWriter(Database.Transaction transaction) {
    this.transaction = transaction;
  }

  /**
   * Appends a run of attempts and leaves the state tables as they are.
   *
   * @param attempts in their order, above all ids in the table
   * @throws DatabaseException also when the server refuses one of them
   */
  public void append(List<RecordedAttempt> attempts) {
    transaction.queryRows(INSERT_LOGIN_LOG, attempts, InsertWriter::logRow, ROWS, inserted -> {});
  }

  /**
   * Appends a run of attempts, but for those that the server refuses one by one.
   *
   * @param attempts in their order, above all ids in the table
   * @param refused gets each attempt that is not in the table, and what the server says of it
   * @throws DatabaseException when the server fails for a reason that is none of a row
   */
  void append(
      List<RecordedAttempt> attempts, BiConsumer<RecordedAttempt, DatabaseException> refused) {
    transaction.writeRows(INSERT_LOGIN_LOG, attempts, InsertWriter::logRow, ROWS, refused);
  }

  /**
   * Brings the state tables from the state before a run of attempts to the one after it.
   *
   * @param attempts in their order
   * @param thresholds at which a ban and a lock begin
   */
  public void count(List<RecordedAttempt> attempts, Thresholds thresholds) {
    StateDelta changes = new StateDelta(thresholds);
    attempts.forEach(changes::add);
    new StateTables(transaction, thresholds).apply(changes);
  }

  /**
   * Appends a run of acts, but for those that the server refuses one by one.
   *
   * @param acts in their order, above all ids in the table
   * @param refused gets each act that is not in the table, and what the server says of it
   * @throws DatabaseException when the server fails for a reason that is none of a row
   */
  void appendActs(List<OperatorAct> acts, BiConsumer<OperatorAct, DatabaseException> refused) {
    transaction.writeRows(INSERT_ACTS, acts, InsertWriter::actRow, ROWS, refused);
  }

  private static void actRow(JsonGenerator json, OperatorAct act) throws IOException {
    json.writeStartArray();
    json.writeNumber(act.sequence());
    json.writeNumber(act.at().toEpochMilli());
    json.writeString(act.kind().name().toLowerCase(Locale.ROOT));
    number(json, act.userId());
    json.writeString(act.subject());
    json.writeString(act.operator());
    json.writeString(act.reason());
    json.writeEndArray();
  }

  private static void number(JsonGenerator json, OptionalLong number) throws IOException {
    if (number.isPresent()) {
      json.writeNumber(number.getAsLong());
    } else {
      json.writeNull();
    }
  }

  private static void logRow(JsonGenerator json, RecordedAttempt attempt) throws IOException {
    json.writeStartArray();
    json.writeNumber(attempt.sequence());
    json.writeNumber(attempt.at().toEpochMilli());
    number(json, attempt.userId());
    json.writeString(attempt.login());
    json.writeString(attempt.address());
    json.writeNumber(attempt.succeeded() ? 1 : 0);
    json.writeEndArray();
  }
}
