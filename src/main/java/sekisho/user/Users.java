package sekisho.user;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.mysql.Database;
import sekisho.mysql.DatabaseException;

/** The user directory in force. A reload swaps in a whole new one at once. Thread-safe; loading blocks. */
public final class Users {

  private static final Logger LOG = LoggerFactory.getLogger(Users.class);

  private final Database database;
  private volatile UserDirectory current = new UserDirectoryBuilder().build();

  /**
   * Starts with nobody.
   *
   * @param database where users are loaded from
   */
  public Users(Database database) {
    this.database = database;
  }

  /**
   * Gets the directory in force.
   *
   * @return the directory, not null
   */
  public UserDirectory current() {
    return current;
  }

  /**
   * Loads all users and puts them in force; the present ones stay when that fails.
   *
   * @return how many there are
   * @throws DatabaseException when MySQL fails or a row is no valid user
   */
  public int load() {
    long start = System.nanoTime();
    try {
      current = UserLoader.load(database);
    } catch (DatabaseException e) {
      throw new DatabaseException("cannot load the users: " + e.getMessage(), e);
    }
    LOG.info("{} users loaded in {} ms", current.size(), TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
    return current.size();
  }
}
