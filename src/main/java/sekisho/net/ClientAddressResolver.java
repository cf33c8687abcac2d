package sekisho.net;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import sekisho.net.IpAddress.IpAddressParser;

/**
 * Finds the address that an attempt is counted for. Every proxy appends the address that it saw to
 * {@code X-Forwarded-For}, so that the values can be believed from the right for as long as they
 * were written by trusted proxies:
 *
 * <ul>
 *   <li>The peer is not a trusted proxy, or there is no such header: the peer. What an untrusted
 *       peer sent is not looked at, let alone refused.
 *   <li>Otherwise the first value from the right, over all header lines, that is not itself a
 *       trusted proxy; if all are, the leftmost that is an address, or else the peer. Whatever
 *       stands left of it could have been written by anyone and is not looked at.
 *   <li>A value met on this walk that is neither an address nor a Unix socket is refused with 400,
 *       and so is an empty one or a blank header. Skipping it would lead to values that the client
 *       chose, and falling back to the peer would count a stranger's failures for the proxy.
 * </ul>
 *
 * <p>A value is an address as {@link IpAddress#parse} reads it, with optional spaces or tabs
 * around, IPv6 perhaps in brackets, or one with a port: {@code 192.0.2.1:4711} or {@code
 * [2001:db8::1]:4711}, as Azure Application Gateway, IIS and AWS load balancers (with client port
 * preservation) send it. The port is dropped. {@code unix:} is what nginx sends of a hop that came
 * over a Unix socket, which is open to the machine's own processes only: a trusted proxy without an
 * address. Names, zones, {@code unknown} and quotes are refused.
 *
 * <p>{@code Forwarded} (RFC 7239) is not read: a proxy that writes one of the two headers passes
 * the client's own text on in the other. Immutable, and never asks the DNS.
 */
public final class ClientAddressResolver {

  private static final int MAX_PORT = 65_535;
  private static final String UNIX = "unix:";

  private final CidrSet trustedProxies;
  private final ClientPrefix prefix;

  public ClientAddressResolver(CidrSet trustedProxies, ClientPrefix prefix) {
    this.trustedProxies = Objects.requireNonNull(trustedProxies, "trustedProxies");
    this.prefix = Objects.requireNonNull(prefix, "prefix");
  }

  /**
   * Describes the other end of a connection; meant to be called once for each connection.
   *
   * @param address the peer's address
   */
  public Peer peer(IpAddress address) {
    return new Peer(address, prefix.of(address), trustedProxies.contains(address));
  }

  /**
   * Finds the client that one request is counted for.
   *
   * @param peer the other end of the connection
   * @param forwardedFor the values of all {@code X-Forwarded-For} header lines in their order,
   *     empty if there is none
   * @return the name of the client, see {@link ClientPrefix}
   * @throws UnknownClientException as {@link #address}, or if there is no address at all
   */
  public String client(Peer peer, List<String> forwardedFor) {
    IpAddress address = address(peer, forwardedFor);
    if (address == null) {
      throw new UnknownClientException("The proxy does not name a client in X-Forwarded-For.");
    }
    return address == peer.address() ? peer.name() : prefix.of(address);
  }

  /**
   * Finds the full address of one request's client.
   *
   * @param peer the other end of the connection
   * @param forwardedFor the values of all {@code X-Forwarded-For} header lines in their order,
   *     empty if there is none
   * @return the address; null if neither the peer nor the header has one
   * @throws UnknownClientException if a value that had to be believed is not an address
   */
  public @Nullable IpAddress address(Peer peer, List<String> forwardedFor) {
    if (!peer.trusted() || forwardedFor.isEmpty()) {
      return peer.address();
    }
    IpAddress leftmost = peer.address();
    for (int i = forwardedFor.size() - 1; i >= 0; i--) {
      String line = forwardedFor.get(i);
      int end = line.length();
      while (end >= 0) {
        int comma = line.lastIndexOf(',', end - 1);
        IpAddress address = value(line, comma + 1, end);
        if (address != null && !trustedProxies.contains(address)) {
          return address;
        }
        leftmost = address != null ? address : leftmost;
        end = comma;
      }
    }
    return leftmost;
  }

  /** Returns the address of one value, null if it is a Unix socket. */
  private static @Nullable IpAddress value(String line, int start, int limit) {
    int from = start;
    int to = limit;
    while (from < to && isSpace(line.charAt(from))) {
      from++;
    }
    while (from < to && isSpace(line.charAt(to - 1))) {
      to--;
    }
    IpAddress address = IpAddressParser.parse(line, from, to);
    if (address == null) {
      address = addressWithPort(line, from, to);
    }
    if (address == null && !isUnixSocket(line, from, to)) {
      throw new UnknownClientException("X-Forwarded-For does not hold a valid address.");
    }
    return address;
  }

  private static boolean isUnixSocket(String line, int from, int to) {
    return line.startsWith(UNIX, from)
        && from + UNIX.length() <= to
        && line.substring(from, to).chars().allMatch(c -> c > ' ' && c < 0x7f);
  }

  /**
   * Returns the address of {@code ipv4:port}, {@code [ipv6]:port} or {@code [ipv6]}, or null if it
   * is none of them.
   */
  private static @Nullable IpAddress addressWithPort(String line, int from, int to) {
    if (from < to && line.charAt(from) == '[' && line.charAt(to - 1) == ']') {
      return line.substring(from, to).indexOf(':') < 0
          ? null
          : IpAddressParser.parse(line, from + 1, to - 1);
    }
    int colon = line.lastIndexOf(':', to - 1);
    if (colon <= from || !isPort(line, colon + 1, to)) {
      return null;
    }
    boolean bracketed = line.charAt(from) == '[' && line.charAt(colon - 1) == ']';
    IpAddress address =
        bracketed
            ? IpAddressParser.parse(line, from + 1, colon - 1)
            : IpAddressParser.parse(line, from, colon);
    boolean writtenAsIpv6 = line.lastIndexOf(':', colon - 1) >= from;
    return writtenAsIpv6 == bracketed ? address : null;
  }

  private static boolean isPort(String line, int from, int to) {
    int port = 0;
    for (int i = from; i < to; i++) {
      char c = line.charAt(i);
      if (c < '0' || c > '9' || port > MAX_PORT) {
        return false;
      }
      port = port * 10 + c - '0';
    }
    return from < to && port <= MAX_PORT;
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t';
  }
}
