package sekisho.http;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.netty.util.NetUtil;
import java.util.IdentityHashMap;
import java.util.Map;
import sekisho.http.address.ClientAddressResolver;
import sekisho.http.address.Peer;

/** Finds the client of each request; what can be known of a connection is found out once for all its requests. */
final class Peers {

  private static final String FORWARDED_FOR = "X-Forwarded-For";

  private final ClientAddressResolver resolver;
  private final Map<HttpConnection, Peer> peers = new IdentityHashMap<>();

  Peers(ClientAddressResolver resolver) {
    this.resolver = resolver;
  }

  /** Remembers a new connection until it closes. */
  void connected(HttpConnection connection) {
    peers.put(connection, peer(connection));
    connection.closeHandler(closed -> peers.remove(connection));
  }

  /**
   * Finds the canonical address of a request's client (SPEC section 3).
   *
   * @throws BadRequestException when a trusted proxy's header holds no valid address
   */
  String clientOf(HttpServerRequest request) {
    Peer peer = peers.get(request.connection());
    if (peer == null) {
      peer = peer(request.connection());
    }
    return peer.trusted() ? resolver.resolve(peer, request.headers().getAll(FORWARDED_FOR)) : peer.address();
  }

  private Peer peer(HttpConnection connection) {
    String address = connection.remoteAddress().hostAddress();
    // The zone of a link-local address names an interface of this machine and is no part of the client's address.
    int zone = address.indexOf('%');
    return resolver.peer(
        NetUtil.createInetAddressFromIpAddressString(zone < 0 ? address : address.substring(0, zone)));
  }
}
