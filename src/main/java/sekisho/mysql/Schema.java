package sekisho.mysql;

import java.util.List;

/** The tables of {@code sql/schema.sql}. */
public final class Schema {

  private static final List<String> CREATE = Sql.statements("schema.sql");
  private static final String ANY_USER_OR_ATTEMPT = Sql.statement("schema_in_use.sql");
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
