package sekisho.user;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.login.StoreUnavailableException;

/**
 * The user directory in force. A reload swaps in a whole new one at once. Thread-safe; loading
 * blocks.
 */
public final class Users {

  private static final Logger LOG = LoggerFactory.getLogger(Users.class);

  private final UserSource source;
  private final UserHeap heap = UserHeap.ofThisJvm();
  private volatile UserDirectory current;

  /** Empty until users are loaded. */
  public Users(UserSource source) {
    this(source, new UserDirectoryBuilder().build());
  }

  private Users(UserSource source, UserDirectory current) {
    this.source = source;
    this.current = current;
  }

  /** Users that stay as they are: there is nowhere to load others from. */
  public static Users of(UserDirectory directory) {
    return new Users(
        new UserSource() {
          @Override
          public Size size() {
            throw new StoreUnavailableException("these users cannot be loaded anew");
          }

          @Override
          public UserDirectory load(Size expected) {
            throw new StoreUnavailableException("these users cannot be loaded anew");
          }
        },
        directory);
  }

  /** Gets the directory in force. */
  public UserDirectory current() {
    return current;
  }

  /**
   * Loads all users and puts them in force; the present ones stay when that fails, also because the
   * heap does not hold both.
   *
   * @return how many there are
   * @throws StoreUnavailableException when the source fails, a row is no valid user, or the heap is
   *     too small
   */
  public int load() {
    return load(false);
  }

  /**
   * Loads all users of another history and puts them in force. Where the heap does not hold both,
   * the present ones, of whom no attempt is accepted any more, go first.
   *
   * @return how many there are
   * @throws StoreUnavailableException when the source fails, a row is no valid user, or the heap is
   *     too small
   */
  public int loadAnother() {
    return load(true);
  }

  private int load(boolean another) {
    long start = System.nanoTime();
    try {
      UserSource.Size size = source.size();
      if (another && !heap.fits(current.bytes() + size.bytes())) {
        current = new UserDirectoryBuilder().build();
      }
      requireRoom(size);
      current = load(size);
      LOG.info(
          "{} users loaded in {} ms",
          current.size(),
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
      if (!heap.fits(2 * size.bytes())) {
        LOG.warn(
            "a reload of the users will be refused; {}", heap.need(size.users(), size.bytes()));
      }
      return current.size();
    } catch (StoreUnavailableException e) {
      throw new StoreUnavailableException("cannot load the users: " + e.getMessage());
    }
  }

  private void requireRoom(UserSource.Size size) {
    if (!heap.fits(current.bytes() + size.bytes())) {
      throw new StoreUnavailableException(heap.need(size.users(), size.bytes()));
    }
  }

  private UserDirectory load(UserSource.Size size) {
    try {
      return source.load(size);
    } catch (OutOfMemoryError e) {
      // What was gathered is garbage by now, so there is room for a message.
      throw new StoreUnavailableException(heap.need(size.users(), size.bytes()));
    }
  }
}
