package sekisho.http;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Set;
import sekisho.http.Dispatcher.Endpoint;

/** {@code GET /favicon.ico}: there is none, and browsers need not ask again for a year. */
final class FaviconEndpoint implements Endpoint {

  private final Responder responder;
  private final Responder.Prepared nothing;

  FaviconEndpoint(Responder responder) {
    this.responder = responder;
    this.nothing = responder.prepareNothing("max-age=31536000");
  }

  @Override
  public Set<HttpMethod> methods() {
    return Set.of(HttpMethod.GET, HttpMethod.HEAD);
  }

  @Override
  public void handle(HttpServerRequest request) {
    responder.send(request, nothing);
  }
}
