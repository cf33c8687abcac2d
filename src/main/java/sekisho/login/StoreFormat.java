package sekisho.login;

import java.util.Optional;

/**
 * The version of what both stores hold, written in each of them. A service uses stores of its own
 * version, brings older ones up to date when it starts, and leaves newer ones alone.
 */
public final class StoreFormat {

  /**
   * What this version of the service reads and writes; stores that do not say have version 1.
   * Version 2 brought the acts of operators.
   */
  public static final int CURRENT = 2;

  private StoreFormat() {}

  /**
   * Says what is wrong with a store of a newer version.
   *
   * @param store its name
   * @param found its version, 0 where it does not say
   * @return one line for an operator; empty when the store may be used
   */
  public static Optional<String> problem(String store, long found) {
    return found <= CURRENT
        ? Optional.empty()
        : Optional.of(
            store
                + " holds data of format version "
                + found
                + ", written by a newer version of the service; this one knows versions up to "
                + CURRENT
                + ": start the newer one");
  }
}
