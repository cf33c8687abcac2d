package sekisho.bench.contest;

import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import sekisho.bench.client.AssetCache;
import sekisho.bench.client.ClientConnection;
import sekisho.bench.client.CookieJar;
import sekisho.bench.client.LoginTry;
import sekisho.bench.client.Request;
import sekisho.bench.client.Response;
import sekisho.bench.load.Problem;
import sekisho.bench.load.RequestKind;

/**
 * A worker's browser: a cache that lasts, and cookies that are new for each visit, as is the
 * connection unless it is kept alive.
 */
public final class SimulatedBrowser {

  private final ClientConnection connection;
  private final boolean keepAlive;
  private final AssetCache cache = new AssetCache();
  private CookieJar cookies = new CookieJar();
  private String address;
  private long requests;

  /**
   * @param keepAlive whether a visit goes on with the connection of the one before
   */
  public SimulatedBrowser(ClientConnection connection, boolean keepAlive) {
    this.connection = connection;
    this.keepAlive = keepAlive;
  }

  /** Begins a visit: forgets the cookies, and claims to come from this address. */
  void visit(String from) {
    address = from;
    cookies = new CookieJar();
    if (!keepAlive) {
      connection.close();
    }
  }

  /** Opens a page and then, one by one, what it links to. Fails with a {@link Problem}. */
  Future<HtmlPage> open(RequestKind kind, String path) {
    Request request = Request.get(kind, path, address);
    return send(request)
        .map(response -> PageChecks.html(request, response))
        .compose(page -> load(page).map(page));
  }

  /** Asks for a path without following a redirect. Fails with a {@link Problem}. */
  Future<Response> get(RequestKind kind, String path) {
    return send(Request.get(kind, path, address));
  }

  /** Submits the login form without following the redirect. Fails with a {@link Problem}. */
  Future<Response> submit(LoginTry attempt) {
    return send(Request.login(attempt));
  }

  /** Sends any request, without following a redirect. Fails with a {@link Problem}. */
  Future<Response> ask(Request request) {
    return send(request);
  }

  /** Requests sent since the browser was started. */
  long requests() {
    return requests;
  }

  private Future<Void> load(HtmlPage page) {
    Future<Void> loaded = Future.succeededFuture();
    for (String path : PageChecks.assets(page)) {
      loaded = loaded.compose(done -> cache.isFresh(path) ? Future.succeededFuture() : fetch(path));
    }
    return loaded;
  }

  private Future<Void> fetch(String path) {
    return send(cache.request(path, address))
        .map(
            response -> {
              cache.store(path, response);
              return null;
            });
  }

  private Future<Response> send(Request request) {
    requests++;
    return connection
        .send(request.with(HttpHeaders.COOKIE, cookies.header()))
        .map(
            response -> {
              cookies.store(response.header().getAll(HttpHeaders.SET_COOKIE));
              return response;
            });
  }
}
