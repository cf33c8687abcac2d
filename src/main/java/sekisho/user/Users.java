package sekisho.user;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.mysql.Database;
import sekisho.mysql.DatabaseException;

/** The user directory in force. A reload swaps in a whole new one at once. Thread-safe; loading blocks. */
public final class Users {

  private static final Logger LOG = LoggerFactory.getLogger(Users.class);
  private static final int LOAD_LIMIT_SECONDS = 120;

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
      current = UserLoader.load(database.pool()).await(LOAD_LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new DatabaseException("MySQL did not deliver the users within " + LOAD_LIMIT_SECONDS + " s", e);
    } catch (Exception e) {
      // The client throws checked exceptions undeclared.
      throw new DatabaseException(
          "cannot load the users: " + Objects.requireNonNullElse(e.getMessage(), e.toString()), e);
    }
    LOG.info("{} users loaded in {} ms", current.size(), TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
    return current.size();
  }
}
