package sekisho.http.connection;

import java.util.concurrent.ConcurrentHashMap;

/** Counts the open connections of each address, over all event loops. Thread-safe. */
public final class AddressLimiter {

  private final ConcurrentHashMap<String, Integer> taken = new ConcurrentHashMap<>();
  private final int perAddress;

  /**
   * @param perAddress how many connections an address may have, at least 1
   */
  public AddressLimiter(int perAddress) {
    this.perAddress = perAddress;
  }

  /**
   * Takes a slot for a new connection.
   *
   * @param address the canonical address of the client
   * @return false if the address has all that it may have; nothing was taken then
   */
  public boolean take(String address) {
    int count = taken.merge(address, 1, Integer::sum);
    if (count > perAddress) {
      release(address);
      return false;
    }
    return true;
  }

  /**
   * Gives a slot back.
   *
   * @param address the address that it was taken for
   */
  public void release(String address) {
    taken.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
  }
}
