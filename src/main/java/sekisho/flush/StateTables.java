package sekisho.flush;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import sekisho.login.CounterChange;
import sekisho.login.LastLogins;
import sekisho.login.Success;
import sekisho.login.Thresholds;
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

  private static final String KEEP_BARRED_ADDRESSES =
      Statements.statement("flush/keep_barred_addresses");
  private static final String KEEP_BARRED_USERS = Statements.statement("flush/keep_barred_users");
  private static final String ANY_BARRED_ADDRESS = Statements.statement("flush/any_barred_address");
  private static final String ANY_BARRED_USER = Statements.statement("flush/any_barred_user");
  private static final Pattern TABLE =
      Pattern.compile("\\b(address_failures|user_failures|last_logins)\\b(?!_)");

  private final Database.Transaction transaction;
  private final Thresholds thresholds;
  private final String prefix;

  /** The tables of the whole history. */
  StateTables(Database.Transaction transaction, Thresholds thresholds) {
    this(transaction, thresholds, "");
  }

  /**
   * Tables of the same columns.
   *
   * @param prefix what their names have before those of the state tables
   */
  StateTables(Database.Transaction transaction, Thresholds thresholds, String prefix) {
    this.transaction = transaction;
    this.thresholds = thresholds;
    this.prefix = prefix;
  }

  /** Brings the tables from the state before a run to the one after it. */
  void apply(StateDelta changes) {
    count(
        COUNT_ADDRESSES,
        CLEAR_ADDRESSES,
        ANY_BARRED_ADDRESS,
        KEEP_BARRED_ADDRESSES,
        changes.addresses(),
        thresholds.ipBan(),
        JsonGenerator::writeString);
    count(
        COUNT_USERS,
        CLEAR_USERS,
        ANY_BARRED_USER,
        KEEP_BARRED_USERS,
        changes.users(),
        thresholds.userLock(),
        (json, id) -> json.writeNumber(id));
    write(REMEMBER_LOGINS, changes.logins().entrySet(), StateTables::loginRow);
  }

  private <K> void count(
      String count,
      String clear,
      String anyBarred,
      String keepBarred,
      Map<K, StateDelta.Count> changes,
      int threshold,
      JsonRows.Item<K> key) {
    write(
        count.replace(":threshold", Integer.toString(threshold)),
        changes.entrySet().stream().filter(change -> !change.getValue().clears()).toList(),
        (json, change) -> {
          json.writeStartArray();
          key.write(json, change.getKey());
          change(json, change.getValue(), threshold);
          json.writeEndArray();
        });
    List<Map.Entry<K, StateDelta.Count>> cleared =
        changes.entrySet().stream().filter(change -> change.getValue().clears()).toList();
    write(
        clear,
        cleared,
        (json, change) -> {
          json.writeStartArray();
          key.write(json, change.getKey());
          json.writeNumber(CounterChange.lifts(change.getValue().change()) ? 1 : 0);
          json.writeEndArray();
        });
    // What is left of these an operator bars; whether there is any costs a look into an index.
    if (!cleared.isEmpty() && transaction.query(table(anyBarred)).size() > 0) {
      write(keepBarred, cleared.stream().map(Map.Entry::getKey).toList(), key);
    }
  }

  private static void change(JsonGenerator json, StateDelta.Count count, int threshold)
      throws IOException {
    long change = count.change();
    boolean clears = CounterChange.clears(change);
    long failures = CounterChange.failures(change);
    json.writeNumber(
        (clears ? 1 : 0)
            + (CounterChange.bars(change) ? 2 : 0)
            + (CounterChange.lifts(change) ? 4 : 0));
    json.writeNumber(failures);
    if (failures >= (clears ? threshold : 1) && threshold <= StateDelta.MOST_TIMES) {
      json.writeNumber(count.failureAt(1));
      if (failures > 1) {
        json.writeString(count.later());
      }
    }
  }

  /** A statement for these tables. */
  private String table(String statement) {
    return prefix.isEmpty() ? statement : TABLE.matcher(statement).replaceAll(prefix + "$1");
  }

  /**
   * A row that is left out would be a report without it: so this fails, and says which row it is.
   */
  private <T> void write(String statement, Collection<T> items, JsonRows.Item<T> item) {
    transaction.writeRows(
        table(statement),
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
