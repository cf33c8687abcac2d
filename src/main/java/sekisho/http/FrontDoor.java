package sekisho.http;

import io.vertx.core.http.HttpConnection;
import sekisho.http.address.Peer;
import sekisho.http.connection.AddressSlots;
import sekisho.http.connection.ConnectionSlots;
import sekisho.http.connection.Connections;
import sekisho.metrics.Refusal;
import sekisho.metrics.ServiceMetrics;

/** Lets connections in, or closes them before anything is read from them. For one event loop. */
final class FrontDoor {

  private final Peers peers;
  private final Connections connections;
  private final ConnectionSlots slots;
  private final AddressSlots slotsPerAddress;
  private final boolean proxyProtocol;
  private final ServiceMetrics metrics;

  FrontDoor(
      Peers peers,
      Connections connections,
      ConnectionSlots slots,
      AddressSlots slotsPerAddress,
      boolean proxyProtocol,
      ServiceMetrics metrics) {
    this.peers = peers;
    this.connections = connections;
    this.slots = slots;
    this.slotsPerAddress = slotsPerAddress;
    this.proxyProtocol = proxyProtocol;
    this.metrics = metrics;
  }

  /** Takes a new connection. */
  void connected(HttpConnection connection) {
    if (!slots.admit(connection)) {
      return;
    }
    Peer peer = peers.peer(connection, proxyProtocol);
    if (peer == null) {
      refuse(connection, Refusal.PROXY_HEADER);
    } else if (!peer.trusted() && !slotsPerAddress.take(peer.client())) {
      refuse(connection, Refusal.CONNECTIONS_PER_ADDRESS);
    } else {
      letIn(connection, peer);
    }
  }

  private void refuse(HttpConnection connection, Refusal reason) {
    metrics.refused(reason);
    connection.close();
  }

  private void letIn(HttpConnection connection, Peer peer) {
    peers.add(connection, peer);
    connections.guard(connection);
    connection.closeHandler(
        closed -> {
          peers.remove(connection);
          if (!peer.trusted()) {
            slotsPerAddress.release(peer.client());
          }
        });
  }
}
