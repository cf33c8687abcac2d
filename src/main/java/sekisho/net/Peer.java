package sekisho.net;

import org.jspecify.annotations.Nullable;

/**
 * The other end of a connection, or whom a trusted proxy announced as such in a PROXY header. It
 * stays the same for the life of the connection and so needs to be found only once.
 *
 * @param address its full address; null if it came over a Unix socket
 * @param client the name under which it is counted, see {@link ClientPrefix}; null without an
 *     address
 * @param trusted whether it is a trusted proxy, whose {@code X-Forwarded-For} counts
 */
public record Peer(@Nullable IpAddress address, @Nullable String client, boolean trusted) {

  /**
   * A process of this machine that came over a Unix socket: a proxy, which has to name the client.
   */
  public static final Peer UNIX_SOCKET = new Peer(null, null, true);

  /**
   * The name under which it is counted.
   *
   * @throws IllegalStateException when it has no address
   */
  public String name() {
    if (client == null) {
      throw new IllegalStateException("this peer has no address");
    }
    return client;
  }

  /** Checks that there is an address, or trust without one. */
  public Peer {
    if ((address == null) != (client == null) || address == null && !trusted) {
      throw new IllegalArgumentException(
          "a peer without an address is a trusted proxy, and has no name");
    }
  }
}
