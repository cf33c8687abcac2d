package sekisho.http;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Set;
import sekisho.http.page.Pages;
import sekisho.http.session.Notice;

/** {@code GET /}: the login form, with the notice that is waiting. */
final class HomeEndpoint implements Endpoint {

  private final Pages pages;
  private final Cookies cookies;
  private final Responder responder;

  HomeEndpoint(Pages pages, Cookies cookies, Responder responder) {
    this.pages = pages;
    this.cookies = cookies;
    this.responder = responder;
  }

  @Override
  public Set<HttpMethod> methods() {
    return Set.of(HttpMethod.GET, HttpMethod.HEAD);
  }

  @Override
  public void handle(HttpServerRequest request) {
    Notice notice = cookies.takeNotice(request);
    responder.page(request, pages.home(notice));
  }
}
