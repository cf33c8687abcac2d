package sekisho.http;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import sekisho.http.Dispatcher.Endpoint;
import sekisho.http.page.Pages;
import sekisho.http.session.Notice;

/** {@code GET /}: the login form, with the notice that is waiting. */
final class HomeEndpoint implements Endpoint {

  private final Pages pages;
  private final Cookies cookies;
  private final Responder responder;
  private final Responder.Prepared home;
  private final Map<Notice, Responder.Prepared> homeWithNotice = new EnumMap<>(Notice.class);

  HomeEndpoint(Pages pages, Cookies cookies, Responder responder) {
    this.pages = pages;
    this.cookies = cookies;
    this.responder = responder;
    this.home = responder.preparePage(pages.home(null), null);
    for (Notice notice : Notice.values()) {
      homeWithNotice.put(notice, responder.preparePage(pages.home(notice), cookies.shown()));
    }
  }

  @Override
  public Set<HttpMethod> methods() {
    return Set.of(HttpMethod.GET, HttpMethod.HEAD);
  }

  @Override
  public void handle(HttpServerRequest request) {
    Notice notice = cookies.waitingNotice(request);
    if (notice == null) {
      responder.send(request, home);
    } else if (request.method() == HttpMethod.HEAD) {
      // Nothing is shown, so the notice goes on waiting.
      responder.page(request, pages.home(notice));
    } else {
      responder.send(request, homeWithNotice.getOrDefault(notice, home));
    }
  }
}
