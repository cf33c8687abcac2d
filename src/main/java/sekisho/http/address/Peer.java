package sekisho.http.address;

/**
 * The other end of a connection, or whom a trusted proxy announced as such in a PROXY header. It stays the same for the
 * life of the connection and so needs to be found only once.
 *
 * @param address its full address, null behind a Unix socket
 * @param client the name under which it is counted, see {@link ClientPrefix}; null behind a Unix socket
 * @param trusted whether it is a trusted proxy, whose {@code X-Forwarded-For} counts
 */
public record Peer(IpAddress address, String client, boolean trusted) {

  /** A proxy behind a Unix socket: it has no address, and is trusted since it may open the socket. */
  public static final Peer UNIX_SOCKET = new Peer(null, null, true);

  /** Checks that it has an address and a name, or neither. */
  public Peer {
    if (address == null != (client == null)) {
      throw new IllegalArgumentException("an address without a name, or the other way round");
    }
  }
}
