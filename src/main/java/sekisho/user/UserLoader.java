package sekisho.user;

import sekisho.mysql.Database;
import sekisho.mysql.DatabaseException;
import sekisho.mysql.Sql;

/** Loads users from MySQL: each row goes into the directory's arrays as it arrives, and no row is kept. */
public final class UserLoader {

  private static final String LOAD = Sql.statement("users/load.sql");

  private UserLoader() {
  }

  /**
   * Loads all users; blocks for as long as they keep arriving.
   *
   * @param database the database, not null
   * @return the directory
   * @throws sekisho.mysql.DatabaseException when MySQL fails or a row is no valid user
   */
  public static UserDirectory load(Database database) {
    UserDirectoryBuilder users = new UserDirectoryBuilder();
    try {
      database.stream(LOAD, row -> users.add(row.getLong(0), row.getString(1), row.getString(2), row.getString(3)));
    } catch (IllegalArgumentException e) {
      throw new DatabaseException(e.getMessage(), e);
    }
    return users.build();
  }
}
