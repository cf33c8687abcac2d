package sekisho.http;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.http.Dispatcher.Endpoint;
import sekisho.http.connection.ClientAddresses;
import sekisho.http.request.BadRequestException;
import sekisho.net.CidrSet;
import sekisho.net.IpAddress;

/**
 * {@code GET /report}: the banned addresses and the locked users, for those who may read them.
 * Errors are JSON too.
 */
final class ReportEndpoint implements Endpoint {

  private static final Logger LOG = LoggerFactory.getLogger(ReportEndpoint.class);

  private final ClientAddresses peers;
  private final CidrSet allow;
  private final Supplier<Future<Buffer>> reports;
  private final Duration timeout;
  private final Responder responder;

  /** Why the last report was not made, empty when it was. */
  private String problem = "";

  ReportEndpoint(
      ClientAddresses peers,
      CidrSet allow,
      Supplier<Future<Buffer>> reports,
      Duration timeout,
      Responder responder) {
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
    IpAddress client;
    try {
      client = peers.addressOf(request);
    } catch (BadRequestException e) {
      responder.refuseAsJson(request, e);
      return;
    }
    if (client == null || !allow.contains(client)) {
      responder.errorAsJson(request, 403, "this address may not read the report");
      return;
    }
    Context context = Vertx.currentContext();
    reports
        .get()
        .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
        .onComplete(
            made ->
                context.runOnContext(
                    turn -> {
                      if (made.succeeded()) {
                        problem = "";
                        try {
                          responder.json(request, made.result());
                        } catch (RuntimeException | Error e) {
                          responder.failed(request, e);
                        }
                      } else {
                        say(String.valueOf(made.cause().getMessage()));
                        responder.errorAsJson(request, 503, "the report cannot be made right now");
                      }
                    }));
  }

  /** Once, not for each of the many requests that may meet the same trouble. */
  private void say(String why) {
    if (!why.equals(problem)) {
      LOG.warn("no report: {}", why);
      problem = why;
    }
  }
}
