package sekisho.http.address;

import java.util.Objects;

/**
 * The other end of a TCP connection. It stays the same for the life of the connection and so needs to be found
 * only once.
 *
 * @param address its canonical address, not null
 * @param trusted whether it is a trusted proxy, whose {@code X-Forwarded-For} counts
 */
public record Peer(String address, boolean trusted) {

  /** Checks that the address is not null. */
  public Peer {
    Objects.requireNonNull(address, "address");
  }
}
