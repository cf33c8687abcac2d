package sekisho.user;

import io.vertx.sqlclient.Row;
import sekisho.mysql.Database;
import sekisho.mysql.DatabaseException;
import sekisho.mysql.Statements;

/**
 * Loads users from MySQL: each row goes into the directory's arrays as it arrives, and no row is
 * kept.
 */
final class UserLoader {

  private static final String LOAD = Statements.statement("users/load.sql");
  private static final String SIZE = Statements.statement("users/size.sql");

  /**
   * How many users there are.
   *
   * @param users how many
   * @param textBytes of all their names and salts
   */
  record Size(long users, long textBytes) {

    /** How much heap they take. */
    long bytes() {
      return UserDirectory.bytes(users, textBytes);
    }
  }

  private UserLoader() {}

  /**
   * Counts the users.
   *
   * @param database the database
   * @throws DatabaseException when MySQL fails
   */
  static Size size(Database database) {
    Row row = database.query(SIZE).iterator().next();
    return new Size(row.getLong(0), row.getNumeric(1).longValue());
  }

  /**
   * Loads all users; blocks for as long as they keep arriving.
   *
   * @param database the database
   * @param expected how many users there are; more is no error, but takes more memory for a moment
   * @return the directory
   * @throws DatabaseException when MySQL fails or a row is no valid user
   */
  static UserDirectory load(Database database, Size expected) {
    UserDirectoryBuilder users = new UserDirectoryBuilder(expected.users(), expected.textBytes());
    try {
      database.stream(
          LOAD,
          row -> users.add(row.getLong(0), row.getString(1), row.getString(2), row.getString(3)));
    } catch (IllegalArgumentException e) {
      throw new DatabaseException(e.getMessage(), e);
    }
    return users.build();
  }
}
