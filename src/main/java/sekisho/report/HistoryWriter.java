package sekisho.report;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sekisho.login.LastLogins;
import sekisho.login.RecordedAttempt;
import sekisho.login.Success;
import sekisho.mysql.Database;
import sekisho.mysql.JsonRows;
import sekisho.mysql.Sql;

/** Appends attempts to {@code login_log} and brings the state tables up to date. */
public final class HistoryWriter {

  private static final String INSERT_LOGIN_LOG = Sql.statement("flush/insert_login_log.sql");
  private static final String COUNT_ADDRESSES = Sql.statement("flush/count_addresses.sql");
  private static final String CLEAR_ADDRESSES = Sql.statement("flush/clear_addresses.sql");
  private static final String COUNT_USERS = Sql.statement("flush/count_users.sql");
  private static final String CLEAR_USERS = Sql.statement("flush/clear_users.sql");
  private static final String REMEMBER_LOGINS = Sql.statement("flush/remember_logins.sql");

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
   * Appends a run of attempts.
   *
   * @param attempts in their order, above all ids in the table
   */
  public void append(List<RecordedAttempt> attempts) {
    write(INSERT_LOGIN_LOG, attempts, HistoryWriter::logRow);
    Changes changes = Changes.of(attempts);
    count(COUNT_ADDRESSES, CLEAR_ADDRESSES, changes.addresses(), JsonGenerator::writeString);
    count(COUNT_USERS, CLEAR_USERS, changes.users(), (json, id) -> json.writeNumber(id));
    write(REMEMBER_LOGINS, changes.logins().entrySet(), HistoryWriter::loginRow);
  }

  private <K> void count(String count, String clear, Map<K, Changes.Change> changes, JsonRows.Item<K> key) {
    write(count, changes.entrySet().stream().filter(change -> !change.getValue().clears()).toList(), (json, change) -> {
      json.writeStartArray();
      key.write(json, change.getKey());
      json.writeNumber(change.getValue().succeeded() ? 1 : 0);
      json.writeNumber(change.getValue().failures());
      json.writeEndArray();
    });
    write(clear, changes.entrySet().stream().filter(change -> change.getValue().clears()).map(Map.Entry::getKey).toList(),
        key);
  }

  private <T> void write(String statement, Collection<T> items, JsonRows.Item<T> item) {
    if (!items.isEmpty()) {
      transaction.query(statement, JsonRows.of(items, item));
    }
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

  private static void loginRow(JsonGenerator json, Map.Entry<Long, LastLogins> logins) throws IOException {
    json.writeStartArray();
    json.writeNumber(logins.getKey());
    success(json, Optional.of(logins.getValue().newest()));
    success(json, logins.getValue().previous());
    json.writeEndArray();
  }

  private static void success(JsonGenerator json, Optional<Success> success) throws IOException {
    if (success.isPresent()) {
      json.writeNumber(success.get().at().toEpochMilli());
      json.writeString(success.get().address());
    } else {
      json.writeNull();
      json.writeNull();
    }
  }
}
