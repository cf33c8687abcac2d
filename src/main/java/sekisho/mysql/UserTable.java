package sekisho.mysql;

import io.vertx.sqlclient.Row;
import java.util.OptionalLong;
import sekisho.login.StoreUnavailableException;
import sekisho.user.UserDirectory;
import sekisho.user.UserDirectoryBuilder;
import sekisho.user.UserSource;

/**
 * The table {@code users}. Each row goes into the arrays of the directory as it arrives, and no row
 * is kept.
 */
public final class UserTable implements UserSource {

  private static final String LOAD = Statements.statement("users/load");
  private static final String SIZE = Statements.statement("users/size");
  private static final String ADD = Statements.statement("users/add_user");
  private static final String CHANGE = Statements.statement("users/change_password");
  private static final String IS_USER = Statements.statement("users/is_user");

  private final Database database;

  public UserTable(Database database) {
    this.database = database;
  }

  @Override
  public Size size() {
    try {
      Row row = database.query(SIZE).iterator().next();
      return new Size(row.getLong(0), row.getNumeric(1).longValue());
    } catch (DatabaseException e) {
      throw new StoreUnavailableException(e.getMessage());
    }
  }

  @Override
  public UserDirectory load(Size expected) {
    UserDirectoryBuilder users = new UserDirectoryBuilder(expected.users(), expected.textBytes());
    try {
      database.stream(
          LOAD,
          row -> users.add(row.getLong(0), row.getString(1), row.getString(2), row.getString(3)));
    } catch (DatabaseException | IllegalArgumentException e) {
      throw new StoreUnavailableException(e.getMessage());
    }
    return users.build();
  }

  /**
   * Adds a user, with the number after the highest one.
   *
   * @param login the name, at most 255 characters
   * @param passwordHash hex SHA-256 of {@code password:salt}
   * @return false when there is a user of that name, which stays as it is
   * @throws DatabaseException when the database fails
   */
  public boolean add(String login, String passwordHash, String salt) {
    return database.alone(
        "users",
        () -> {
          if (database.query(IS_USER, login).size() > 0) {
            return false;
          }
          database.query(ADD, login, passwordHash, salt);
          return true;
        });
  }

  /**
   * Finds a user.
   *
   * @param login the exact name
   * @return the id; empty when there is no such user
   * @throws DatabaseException when the database fails
   */
  public OptionalLong find(String login) {
    for (Row row : database.query(IS_USER, login)) {
      return OptionalLong.of(row.getLong(0));
    }
    return OptionalLong.empty();
  }

  /**
   * Gives a user another password.
   *
   * @param passwordHash hex SHA-256 of {@code password:salt}; {@code *} for a user who may not log
   *     in
   * @return false when there is no user of that name
   * @throws DatabaseException when the database fails
   */
  public boolean changePassword(String login, String passwordHash, String salt) {
    return database.query(CHANGE, passwordHash, salt, login).rowCount() > 0
        || database.query(IS_USER, login).size() > 0;
  }
}
