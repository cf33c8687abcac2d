package sekisho.http;

import io.vertx.core.http.HttpServerRequest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sekisho.http.access.AccessLog;
import sekisho.http.access.AccessLogEntry;
import sekisho.http.connection.ClientAddresses;
import sekisho.http.connection.Connections;
import sekisho.http.connection.Exchange;
import sekisho.http.request.BadRequestException;
import sekisho.login.Outcome;
import sekisho.net.IpAddress;

/**
 * What endpoints tell the access log of the requests that they answer. Does nothing, and reads no
 * clock, without one. Lives on its event loop.
 */
final class RequestNotes {

  private final ClientAddresses peers;
  private final @Nullable AccessLog log;

  RequestNotes(ClientAddresses peers, Optional<AccessLog> log) {
    this.peers = peers;
    this.log = log.orElse(null);
  }

  /** Notes who sent a request. */
  void begun(HttpServerRequest request) {
    Exchange exchange = exchange(request);
    if (exchange != null) {
      try {
        IpAddress client = peers.addressOf(request);
        if (client != null) {
          exchange.sentBy(client.toString());
        }
      } catch (BadRequestException e) {
        // It stays unknown; an endpoint that needs it refuses the request.
      }
    }
  }

  /** The time, for {@link #storeAnswered}. */
  long storeAsked() {
    return log == null ? 0 : System.nanoTime();
  }

  /** Notes how long the store took. */
  void storeAnswered(HttpServerRequest request, long asked) {
    Exchange exchange = exchange(request);
    if (exchange != null) {
      exchange.storeTook(System.nanoTime() - asked);
    }
  }

  /** Notes the outcome of an attempt. */
  void decided(HttpServerRequest request, Outcome outcome) {
    Exchange exchange = exchange(request);
    if (exchange != null) {
      exchange.decided(outcome.label());
    }
  }

  /** Writes a request that was answered. */
  void answered(Exchange exchange, long nanos) {
    AccessLog to = log;
    if (to == null) {
      return;
    }
    String target = exchange.target();
    int query = target.indexOf('?');
    to.add(
        new AccessLogEntry(
            Instant.now().truncatedTo(ChronoUnit.MILLIS),
            exchange.client(),
            exchange.method(),
            query < 0 ? target : target.substring(0, query),
            exchange.status(),
            exchange.bytes(),
            nanos,
            exchange.storeNanos(),
            exchange.outcome(),
            to.hasHeaders() ? exchange.header("referer") : "-",
            to.hasHeaders() ? exchange.header("user-agent") : "-"));
  }

  private @Nullable Exchange exchange(HttpServerRequest request) {
    return log == null ? null : Connections.exchange(request.connection());
  }
}
