package sekisho.mysql;

import io.vertx.mysqlclient.MySQLException;
import io.vertx.sqlclient.Row;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import sekisho.login.StoreFormat;

/** The tables of {@code sql/schema.sql}. */
public final class Schema {

  private static final List<String> CREATE = Statements.schema();
  private static final List<String> MIGRATIONS = Statements.statements("schema_check/migrate");
  private static final Pattern MIGRATION =
      Pattern.compile("ALTER TABLE (\\w+) ADD COLUMN (\\w+) .*");
  private static final String READ_FORMAT = Statements.statement("schema_check/read_format");
  private static final Pattern NAME = Pattern.compile("^CREATE TABLE IF NOT EXISTS (\\w+)");
  private static final Set<String> NAMES =
      CREATE.stream()
          .map(NAME::matcher)
          .filter(Matcher::find)
          .map(found -> found.group(1))
          .collect(Collectors.toUnmodifiableSet());

  /** Whoever has put anything into the database has put it there. */
  private static final List<String> FILLED_FIRST = List.of("users", "login_log");

  private static final Set<String> OF_VERSION_2 =
      Set.of(
          "operator_events",
          "allowed_addresses",
          "pruned_address_failures",
          "pruned_user_failures",
          "pruned_last_logins",
          "log_filters");

  private static final String RAISE_FORMAT = Statements.statement("schema_check/raise_format");
  private static final String TABLES = Statements.statement("schema_check/tables");
  private static final int DUPLICATE_COLUMN = 1060;

  private Schema() {}

  /**
   * Makes the tables that are missing, and brings the others up to date.
   *
   * @throws DatabaseException when what is there does not fit, or was written by a newer version of
   *     the service
   */
  public static void create(Database database) {
    if (new SchemaCheck(database).hasColumn("service_state", "format")) {
      requireFormat(database);
    }
    CREATE.forEach(database::query);
    bringUpToDate(database);
  }

  /**
   * Adds the columns that tables of an earlier version of the service lack, and checks the rest.
   *
   * @throws DatabaseException when something is missing or does not fit, in one line that ends with
   *     the statements to run; when a newer version of the service has written there; or when MySQL
   *     fails
   */
  public static void bringUpToDate(Database database) {
    // First: the tables of others are hidden.
    PrivilegeCheck.require(database);
    boolean changed = createTablesOfVersion2(database);
    SchemaCheck found = complete(database);
    for (String migration : MIGRATIONS) {
      Matcher parts = MIGRATION.matcher(migration);
      if (parts.matches() && !found.hasColumn(parts.group(1), parts.group(2))) {
        migrate(database, migration);
        changed = true;
      }
    }
    (changed ? new SchemaCheck(database) : found).requireFit();
    database.query(RAISE_FORMAT, StoreFormat.CURRENT, StoreFormat.CURRENT);
  }

  /** Where all tables of version 1 are, those that came later are made. */
  private static boolean createTablesOfVersion2(Database database) {
    List<String> missing = new SchemaCheck(database).missingTables();
    if (missing.isEmpty() || !OF_VERSION_2.containsAll(missing)) {
      return false;
    }
    for (String statement : CREATE) {
      Matcher name = NAME.matcher(statement);
      if (name.find() && missing.contains(name.group(1))) {
        migrate(database, statement);
      }
    }
    return true;
  }

  /**
   * Checks that the tables are those that the service uses, and changes nothing.
   *
   * @throws DatabaseException as {@link #bringUpToDate} does
   */
  public static void requireFit(Database database) {
    complete(database).requireFit();
  }

  /**
   * Whether the tables are those that the service uses.
   *
   * @return false when {@link #create} is to be called, which may refuse
   */
  public static boolean fits(Database database) {
    try {
      requireFit(database);
      return true;
    } catch (DatabaseException e) {
      return false;
    }
  }

  /**
   * Whether all tables are there, fit or not.
   *
   * @return false when one is missing
   */
  public static boolean isComplete(Database database) {
    return new SchemaCheck(database).missingTables().isEmpty();
  }

  /**
   * Tells a database that nobody has put anything into.
   *
   * @return true when there are no users and attempts, in the tables of the schema or as many of
   *     them as there are
   */
  public static boolean isUnused(Database database) {
    Set<String> tables = new HashSet<>();
    database.query(TABLES).forEach(row -> tables.add(row.getString(0)));
    return (NAMES.containsAll(tables) || tables.containsAll(FILLED_FIRST))
        && FILLED_FIRST.stream()
            .filter(tables::contains)
            .noneMatch(
                table ->
                    database.query("SELECT 1 FROM " + table + " LIMIT 1").iterator().hasNext());
  }

  private static SchemaCheck complete(Database database) {
    // First: the tables of others are hidden.
    PrivilegeCheck.require(database);
    SchemaCheck found = new SchemaCheck(database);
    List<String> missing = found.missingTables();
    if (!missing.isEmpty()) {
      throw new DatabaseException(
          "the schema is missing (no table "
              + String.join(", ", missing)
              + "): load sql/schema.sql into this database, or run `make init`",
          null);
    }
    // A newer version may have changed the tables.
    if (found.hasColumn("service_state", "format")) {
      requireFormat(database);
    }
    return found;
  }

  private static void requireFormat(Database database) {
    for (Row row : database.query(READ_FORMAT)) {
      StoreFormat.problem("MySQL", row.getLong(0))
          .ifPresent(
              problem -> {
                throw new DatabaseException(problem, null);
              });
    }
  }

  /** Another instance may start at the same time. */
  private static void migrate(Database database, String migration) {
    try {
      database.query(migration);
    } catch (DatabaseException e) {
      if (!(e.getCause() instanceof MySQLException refused
          && refused.getErrorCode() == DUPLICATE_COLUMN)) {
        throw new DatabaseException(
            "cannot bring the tables up to date ("
                + e.getMessage()
                + "); run: "
                + migration.replaceAll("\\s+", " "),
            e);
      }
    }
  }
}
