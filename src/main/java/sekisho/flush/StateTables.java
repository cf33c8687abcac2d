package sekisho.flush;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import sekisho.login.LastLogins;
import sekisho.login.Success;
import sekisho.mysql.Database;
import sekisho.mysql.DatabaseException;
import sekisho.mysql.JsonRows;
import sekisho.mysql.Statements;

/**
 * Writes changes into the state tables, in the order of their keys: neighbours share a page, and
 * two writers that meet wait for each other instead of blocking each other.
 */
final class StateTables {

  /** Rows of one statement, so that none takes long or much memory. */
  private static final int ROWS = 20_000;

  private static final String COUNT_ADDRESSES = Statements.statement("flush/count_addresses");
  private static final String CLEAR_ADDRESSES = Statements.statement("flush/clear_addresses");
  private static final String COUNT_USERS = Statements.statement("flush/count_users");
  private static final String CLEAR_USERS = Statements.statement("flush/clear_users");
  private static final String REMEMBER_LOGINS = Statements.statement("flush/remember_logins");

  private final Database.Transaction transaction;

  StateTables(Database.Transaction transaction) {
    this.transaction = transaction;
  }

  /** Brings the tables from the state before a run to the one after it. */
  void apply(StateDelta changes) {
    count(COUNT_ADDRESSES, CLEAR_ADDRESSES, changes.addresses(), JsonGenerator::writeString);
    count(COUNT_USERS, CLEAR_USERS, changes.users(), (json, id) -> json.writeNumber(id));
    write(REMEMBER_LOGINS, changes.logins().entrySet(), StateTables::loginRow);
  }

  private <K> void count(
      String count, String clear, Map<K, StateDelta.Change> changes, JsonRows.Item<K> key) {
    write(
        count,
        changes.entrySet().stream().filter(change -> !change.getValue().clears()).toList(),
        (json, change) -> {
          json.writeStartArray();
          key.write(json, change.getKey());
          json.writeNumber(change.getValue().succeeded() ? 1 : 0);
          json.writeNumber(change.getValue().failures());
          json.writeEndArray();
        });
    write(
        clear,
        changes.entrySet().stream()
            .filter(change -> change.getValue().clears())
            .map(Map.Entry::getKey)
            .toList(),
        key);
  }

  /**
   * A row that is left out would be a report without it: so this fails, and says which row it is.
   */
  private <T> void write(String statement, Collection<T> items, JsonRows.Item<T> item) {
    transaction.writeRows(
        statement,
        items,
        item,
        ROWS,
        (row, problem) -> {
          throw new DatabaseException(
              "the state tables cannot be written, as MySQL refuses the row of "
                  + key(row)
                  + " ("
                  + problem.getMessage()
                  + "); remove what refuses it (a CHECK or a trigger), reports wait until then",
              problem);
        });
  }

  private static Object key(Object row) {
    return row instanceof Map.Entry<?, ?> change ? change.getKey() : row;
  }

  private static void loginRow(JsonGenerator json, Map.Entry<Long, LastLogins> logins)
      throws IOException {
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
