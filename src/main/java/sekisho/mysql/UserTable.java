package sekisho.mysql;

import io.vertx.sqlclient.Row;
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
}
