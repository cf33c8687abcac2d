package sekisho.mysql;

import io.vertx.mysqlclient.MySQLException;
import java.util.List;

/** The tables of {@code sql/schema.sql}. */
public final class Schema {

  private static final List<String> CREATE = Sql.statements("schema.sql");
  private static final String ANY_USER_OR_ATTEMPT = Sql.statement("schema_in_use.sql");
  private static final List<String> CHECKS = Sql.statements("schema_check.sql");
  private static final int UNKNOWN_COLUMN = 1054;
  private static final String TABLES = Sql.statement("tables.sql");

  private Schema() {
  }

  /**
   * Makes the tables that are missing.
   *
   * @param database the database
   */
  public static void create(Database database) {
    CREATE.forEach(database::query);
  }

  /**
   * Brings the tables of an earlier version of the service up to date, if they are not.
   *
   * @param database the database
   */
  public static void bringUpToDate(Database database) {
    try {
      requireComplete(database);
    } catch (DatabaseException e) {
      create(database);
    }
  }

  /**
   * Checks that all tables are there with all columns that the service uses.
   *
   * @param database the database
   * @throws DatabaseException when something is missing, or MySQL fails
   */
  public static void requireComplete(Database database) {
    for (String check : CHECKS) {
      try {
        database.query(check);
      } catch (DatabaseException e) {
        if (e.getCause() instanceof MySQLException refused && refused.getErrorCode() == UNKNOWN_COLUMN) {
          String table = check.replaceFirst("(?s).*FROM (\\w+).*", "$1");
          throw new DatabaseException("table " + table + " does not fit sql/schema.sql (" + DatabaseException.wordsOf(refused)
              + "): add the column, or load sql/schema.sql into an empty database", e);
        }
        throw e;
      }
    }
  }

  /**
   * Tells a database that nobody has put anything into.
   *
   * @param database the database
   * @return true when it has no tables at all, or those of the schema without users and attempts
   */
  public static boolean isUnused(Database database) {
    long tables = database.query(TABLES).iterator().next().getLong(0);
    return tables == 0 || !database.query(ANY_USER_OR_ATTEMPT).iterator().hasNext();
  }
}
