package sekisho.http.address;

import java.util.Objects;

/**
 * The other end of a connection, or whom a trusted proxy announced as such in a PROXY header. It stays the same for the
 * life of the connection and so needs to be found only once.
 *
 * @param address its full address, not null
 * @param client the name under which it is counted, see {@link ClientPrefix}, not null
 * @param trusted whether it is a trusted proxy, whose {@code X-Forwarded-For} counts
 */
public record Peer(IpAddress address, String client, boolean trusted) {

  /** Checks that nothing is null. */
  public Peer {
    Objects.requireNonNull(address, "address");
    Objects.requireNonNull(client, "client");
  }
}
