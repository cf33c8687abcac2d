package sekisho.dev.seed;

import io.vertx.mysqlclient.MySQLException;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import sekisho.mysql.Database;
import sekisho.mysql.DatabaseException;
import sekisho.mysql.Statements;

/**
 * What a database holds, as far as it matters for whether the seed may replace it.
 *
 * @param database its name
 * @param users whose the users are
 * @param rows how many rows each of the tables has, of those that have any; counted up to a million
 *     and one, and not when the users are those of the seed
 * @param beingReplaced whether an init has begun to replace it, and has not ended
 */
public record StoredData(
    String database, Users users, Map<String, Long> rows, boolean beingReplaced) {

  /** Whose users there are. */
  public enum Users {
    /** There is no user. */
    NONE,
    /** Exactly those of the seed. */
    OF_THE_SEED,
    /** The first of those of the seed: an init that began to write them was cut short. */
    FIRST_OF_THE_SEED,
    /** Others, or others too. */
    OTHER
  }

  private static final String DATABASE = "SELECT DATABASE()";
  private static final String TABLES_PRESENT = Statements.statement("seed/tables_present");
  private static final String EPOCH = Statements.statement("seed/read_epoch");
  private static final String FINGERPRINT_USERS = Statements.statement("seed/fingerprint_users");
  private static final String COUNT_ROWS = Statements.statement("seed/count_rows");
  private static final String STATE = "service_state";
  private static final String USERS = "users";
  private static final int UNKNOWN_COLUMN = 1054;
  private static final long MOST_COUNTED = 1_000_000;

  /**
   * Looks, and keeps the users as they are until the transaction ends.
   *
   * @param transaction of a database in which tables may be missing
   * @return what is there
   * @throws DatabaseException when a table of the service's name is not the service's, or MySQL
   *     fails
   */
  static StoredData in(Database.Transaction transaction) {
    String database = transaction.query(DATABASE).iterator().next().getString(0);
    List<String> tables = new ArrayList<>();
    transaction
        .query(TABLES_PRESENT)
        .forEach(row -> tables.add(row.getString(0).toLowerCase(Locale.ROOT)));
    try {
      boolean beingReplaced = tables.remove(STATE) && isBeingReplaced(transaction);
      Users users = tables.contains(USERS) ? users(transaction, beingReplaced) : Users.NONE;
      Map<String, Long> rows = new LinkedHashMap<>();
      // While the stores are being replaced, what is left in the other tables is what init has not
      // got to.
      if (users != Users.OF_THE_SEED && !(beingReplaced && users != Users.OTHER)) {
        tables.stream().sorted().forEach(table -> rows.put(table, count(transaction, table)));
        rows.values().removeIf(count -> count == 0);
      }
      return new StoredData(database, users, rows, beingReplaced);
    } catch (DatabaseException e) {
      if (e.getCause() instanceof MySQLException refused
          && refused.getErrorCode() == UNKNOWN_COLUMN) {
        throw new DatabaseException(
            "database "
                + database
                + " has a table of another application by the name of one of Sekisho's ("
                + DatabaseException.wordsOf(refused)
                + "): name another database in sekisho.mysql.url",
            e);
      }
      throw e;
    }
  }

  /**
   * Whether the seed may replace it without a question: nothing is lost that is not easily made
   * again.
   */
  public boolean isReplaceable() {
    return rows.isEmpty();
  }

  /** Whether there is nothing at all. */
  public boolean isEmpty() {
    return users == Users.NONE && rows.isEmpty();
  }

  /** The rows in words, such as {@code users 1, login_log 12}. */
  public String rowsInWords() {
    return rows.entrySet().stream()
        .map(
            table ->
                table.getKey()
                    + " "
                    + (table.getValue() > MOST_COUNTED ? "over " + MOST_COUNTED : table.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static boolean isBeingReplaced(Database.Transaction transaction) {
    for (Row row : transaction.query(EPOCH)) {
      return row.getString(0).isEmpty();
    }
    return false;
  }

  private static Users users(Database.Transaction transaction, boolean beingReplaced) {
    long count = count(transaction, USERS);
    if (count == 0) {
      return Users.NONE;
    }
    if (count > SeedUsers.COUNT || count < SeedUsers.COUNT && !beingReplaced) {
      return Users.OTHER;
    }
    String fingerprint =
        transaction.query(FINGERPRINT_USERS + " FOR UPDATE").iterator().next().getString(1);
    if (!fingerprint.equals(SeedUsers.fingerprint((int) count))) {
      return Users.OTHER;
    }
    return count == SeedUsers.COUNT ? Users.OF_THE_SEED : Users.FIRST_OF_THE_SEED;
  }

  private static long count(Database.Transaction transaction, String table) {
    return transaction.query(COUNT_ROWS.formatted(table)).iterator().next().getLong(0);
  }
}
