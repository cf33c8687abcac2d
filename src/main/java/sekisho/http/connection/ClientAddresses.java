package sekisho.http.connection;

import io.netty.util.NetUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import sekisho.http.request.BadRequestException;
import sekisho.net.ClientAddressResolver;
import sekisho.net.DominantClientDetector;
import sekisho.net.IpAddress;
import sekisho.net.Peer;
import sekisho.net.UnknownClientException;

/**
 * Finds the client of each request. The peer is determined once for each connection. Belongs to one
 * event loop.
 */
public final class ClientAddresses {

  private static final String FORWARDED_FOR = "X-Forwarded-For";

  private final ClientAddressResolver resolver;
  private final DominantClientDetector dominance;
  private final Map<HttpConnection, Peer> peers = new IdentityHashMap<>();

  public ClientAddresses(ClientAddressResolver resolver, DominantClientDetector dominance) {
    this.resolver = resolver;
    this.dominance = dominance;
  }

  /**
   * Finds the other end of a new connection.
   *
   * @param proxyProtocol whether the connection began with a PROXY header, which only a trusted
   *     proxy may send
   * @return the peer, or null if the header is not to be believed or names no IP address, unless it
   *     came over a Unix socket
   */
  public @Nullable Peer peer(HttpConnection connection, boolean proxyProtocol) {
    IpAddress announced = addressOf(connection.remoteAddress());
    SocketAddress listener = connection.localAddress(true);
    if (listener != null && listener.isDomainSocket()
        || VertxConnections.isOverUnixSocket(connection)) {
      return announced == null ? Peer.UNIX_SOCKET : resolver.peer(announced);
    }
    if (announced == null) {
      return null;
    }
    IpAddress proxy = proxyProtocol ? addressOf(connection.remoteAddress(true)) : null;
    return !proxyProtocol || proxy != null && resolver.peer(proxy).trusted()
        ? resolver.peer(announced)
        : null;
  }

  /** Remembers the peer of a connection. */
  public void add(HttpConnection connection, Peer peer) {
    peers.put(connection, peer);
  }

  /** Forgets a connection that has closed. */
  public void remove(HttpConnection connection) {
    peers.remove(connection);
  }

  /**
   * Finds the full address of a request's client (SPEC section 3).
   *
   * @return the address, null if the request came over a Unix socket and names none
   * @throws BadRequestException when a trusted proxy's header holds no valid address, or the
   *     connection has been closed
   */
  public @Nullable IpAddress addressOf(HttpServerRequest request) {
    Peer peer = peerOf(request);
    if (!peer.trusted()) {
      return peer.address();
    }
    try {
      return resolver.address(peer, request.headers().getAll(FORWARDED_FOR));
    } catch (UnknownClientException e) {
      if (peer.address() == null) {
        return null;
      }
      throw new BadRequestException(400, e.getMessage());
    }
  }

  /**
   * Finds the canonical name that a login attempt is counted under, and reports it to the
   * dominant-client detector.
   *
   * @throws BadRequestException when a trusted proxy's header holds no valid address, a proxy's
   *     Unix socket came without one, or the connection has been closed
   */
  public String clientOfAttempt(HttpServerRequest request) {
    Peer peer = peerOf(request);
    String client = peer.trusted() ? forwardedClient(peer, request) : peer.name();
    dominance.attempt(client);
    return client;
  }

  private String forwardedClient(Peer peer, HttpServerRequest request) {
    try {
      return resolver.client(peer, request.headers().getAll(FORWARDED_FOR));
    } catch (UnknownClientException e) {
      throw new BadRequestException(400, e.getMessage());
    }
  }

  private Peer peerOf(HttpServerRequest request) {
    Peer peer = peers.get(request.connection());
    if (peer == null) {
      // It was not let in, or has closed while this request waited for those before it: nobody gets
      // the answer.
      throw new BadRequestException(400, "The connection has been closed.");
    }
    return peer;
  }

  private static @Nullable IpAddress addressOf(@Nullable SocketAddress socket) {
    String address = socket == null ? null : socket.hostAddress();
    if (address == null) {
      return null;
    }
    // The zone of a link-local address names an interface of this machine and is no part of the
    // client's address.
    int zone = address.indexOf('%');
    byte[] bytes =
        NetUtil.createByteArrayFromIpAddressString(zone < 0 ? address : address.substring(0, zone));
    return bytes == null ? null : IpAddress.of(bytes);
  }
}
