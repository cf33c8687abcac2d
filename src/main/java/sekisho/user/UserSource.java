package sekisho.user;

import sekisho.login.StoreUnavailableException;

/** Where users come from. Calls block. */
public interface UserSource {

  /**
   * How many users there are.
   *
   * @param users their number
   * @param textBytes bytes of all their names and salts in UTF-8
   */
  record Size(long users, long textBytes) {

    /** The heap that they take, in bytes. */
    long bytes() {
      return UserDirectory.bytes(users, textBytes);
    }
  }

  /**
   * Counts the users.
   *
   * @throws StoreUnavailableException when the source fails
   */
  Size size();

  /**
   * Loads all users; blocks for as long as they keep arriving.
   *
   * @param expected how many users there are; more is no error, but takes more memory for a moment
   * @throws StoreUnavailableException when the source fails or a row is no valid user
   */
  UserDirectory load(Size expected);
}
