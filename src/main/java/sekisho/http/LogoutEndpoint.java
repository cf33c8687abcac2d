package sekisho.http;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Set;
import sekisho.http.Dispatcher.Endpoint;
import sekisho.http.request.FormOrigin;
import sekisho.http.session.Notice;

/** {@code POST /logout}: ends the session. */
final class LogoutEndpoint implements Endpoint {

  private final FormOrigin origin;
  private final Responder responder;
  private final Responder.Prepared loggedOut;

  LogoutEndpoint(FormOrigin origin, Cookies cookies, Responder responder) {
    this.origin = origin;
    this.responder = responder;
    this.loggedOut =
        responder.prepareRedirect("/", cookies.ended(), cookies.left(Notice.LOGGED_OUT));
  }

  @Override
  public Set<HttpMethod> methods() {
    return Set.of(HttpMethod.POST);
  }

  @Override
  public void handle(HttpServerRequest request) {
    origin.require(request);
    responder.send(request, loggedOut);
  }
}
