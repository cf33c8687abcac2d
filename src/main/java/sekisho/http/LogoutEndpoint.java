package sekisho.http;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Set;

/** {@code POST /logout}: ends the session. */
final class LogoutEndpoint implements Endpoint {

  private final Cookies cookies;
  private final Responder responder;

  LogoutEndpoint(Cookies cookies, Responder responder) {
    this.cookies = cookies;
    this.responder = responder;
  }

  @Override
  public Set<HttpMethod> methods() {
    return Set.of(HttpMethod.POST);
  }

  @Override
  public void handle(HttpServerRequest request) {
    cookies.end(request);
    responder.redirect(request, "/");
  }
}
