package sekisho.http;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.http.address.AddressBlocks;
import sekisho.http.address.IpAddress;
import sekisho.report.ReportService;

/** {@code GET /report}: the banned addresses and the locked users, for those who may read them. */
final class ReportEndpoint implements Endpoint {

  private static final Logger LOG = LoggerFactory.getLogger(ReportEndpoint.class);

  private final Peers peers;
  private final AddressBlocks allow;
  private final ReportService reports;
  private final Duration timeout;
  private final Responder responder;

  ReportEndpoint(Peers peers, AddressBlocks allow, ReportService reports, Duration timeout, Responder responder) {
    this.peers = peers;
    this.allow = allow;
    this.reports = reports;
    this.timeout = timeout;
    this.responder = responder;
  }

  @Override
  public Set<HttpMethod> methods() {
    return Set.of(HttpMethod.GET, HttpMethod.HEAD);
  }

  @Override
  public void handle(HttpServerRequest request) {
    IpAddress client = peers.addressOf(request);
    if (client == null || !allow.contains(client)) {
      responder.error(request, 403);
      return;
    }
    Context context = Vertx.currentContext();
    reports.report().timeout(timeout.toMillis(), TimeUnit.MILLISECONDS).onComplete(made -> context.runOnContext(turn -> {
      if (made.succeeded()) {
        responder.json(request, made.result());
      } else {
        LOG.warn("no report: {}", made.cause().getMessage());
        responder.unavailable(request);
      }
    }));
  }
}
