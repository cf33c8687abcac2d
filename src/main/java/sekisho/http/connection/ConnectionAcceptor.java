package sekisho.http.connection;

import io.vertx.core.http.HttpConnection;
import sekisho.metrics.Refusal;
import sekisho.metrics.ServiceMetrics;
import sekisho.net.Peer;

/** Admits connections, or closes them before anything is read from them. For one event loop. */
public final class ConnectionAcceptor {

  private final ClientAddresses peers;
  private final Connections connections;
  private final ConnectionLimiter slots;
  private final AddressLimiter addressLimiter;
  private final boolean proxyProtocol;
  private final ServiceMetrics metrics;

  public ConnectionAcceptor(
      ClientAddresses peers,
      Connections connections,
      ConnectionLimiter slots,
      AddressLimiter addressLimiter,
      boolean proxyProtocol,
      ServiceMetrics metrics) {
    this.peers = peers;
    this.connections = connections;
    this.slots = slots;
    this.addressLimiter = addressLimiter;
    this.proxyProtocol = proxyProtocol;
    this.metrics = metrics;
  }

  /** Handles a new connection. */
  public void connected(HttpConnection connection) {
    if (!slots.admit(connection)) {
      return;
    }
    Peer peer = peers.peer(connection, proxyProtocol);
    if (peer == null) {
      refuse(connection, Refusal.PROXY_HEADER);
    } else if (!peer.trusted() && !addressLimiter.take(peer.name())) {
      refuse(connection, Refusal.CONNECTIONS_PER_ADDRESS);
    } else {
      letIn(connection, peer);
    }
  }

  private void refuse(HttpConnection connection, Refusal reason) {
    metrics.count(reason);
    connection.close();
  }

  private void letIn(HttpConnection connection, Peer peer) {
    peers.add(connection, peer);
    connections.guard(connection);
    connection.closeHandler(
        closed -> {
          peers.remove(connection);
          if (!peer.trusted()) {
            addressLimiter.release(peer.name());
          }
        });
  }
}
