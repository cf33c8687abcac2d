package sekisho.ops;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import sekisho.net.CidrSet;
import sekisho.net.IpAddress;

/**
 * Who may do what on the management port (SPEC section 10). Any page that an operator looks at
 * could have the browser send requests there, behind whatever wall the port is, under a name of its
 * own (DNS rebinding): these are refused. Acts need a token, as others may work on the same
 * machine.
 */
final class ManagementAccess implements Handler<RoutingContext> {

  private static final String OPERATOR = "operator";
  private static final CidrSet LOOPBACK = CidrSet.parse("127.0.0.0/8, ::1");
  private static final String RELOAD = "/reload";
  private static final String DEBUG = "/debug/";

  private final boolean overSocket;
  private final boolean loopback;
  private final ManagementTokens tokens;

  private ManagementAccess(boolean overSocket, boolean loopback, ManagementTokens tokens) {
    this.overSocket = overSocket;
    this.loopback = loopback;
    this.tokens = tokens;
  }

  /**
   * The rules of a TCP listener.
   *
   * @param host its address
   */
  static ManagementAccess overTcp(String host, ManagementTokens tokens) {
    return new ManagementAccess(false, isLoopback(host), tokens);
  }

  /** The rules of a Unix socket, whose file says who may use it. */
  static ManagementAccess overSocket(ManagementTokens tokens) {
    return new ManagementAccess(true, true, tokens);
  }

  /** Who sends a request that was let through. */
  static String operator(RoutingContext context) {
    return context.get(OPERATOR);
  }

  @Override
  public void handle(RoutingContext context) {
    HttpServerRequest request = context.request();
    if (isFromAnotherPage(request)) {
      refuse(context, 403, "this is not for web pages");
      return;
    }
    if (!overSocket && loopback && !isOwn(request.authority())) {
      refuse(context, 403, "the Host of the request is not this service's");
      return;
    }
    Optional<String> holder = tokens.holder(request.getHeader(HttpHeaders.AUTHORIZATION));
    if (!overSocket && needsToken(request) && holder.isEmpty()) {
      context.response().putHeader("WWW-Authenticate", "Bearer realm=\"sekisho\"");
      refuse(
          context,
          401,
          "a token is needed: Authorization: Bearer, with that of sekisho.management.token or of management.token in the data"
              + " directory");
      return;
    }
    context.put(OPERATOR, holder.orElse(overSocket ? "socket" : "loopback"));
    context.next();
  }

  private boolean needsToken(HttpServerRequest request) {
    boolean looks = request.method() == HttpMethod.GET || request.method() == HttpMethod.HEAD;
    String path = request.path();
    return !loopback || path.startsWith(DEBUG) || !looks && !path.equals(RELOAD);
  }

  /** A browser names the page whose request it is; what a person opens has none. */
  private static boolean isFromAnotherPage(HttpServerRequest request) {
    String site = request.getHeader("Sec-Fetch-Site");
    boolean looks = request.method() == HttpMethod.GET || request.method() == HttpMethod.HEAD;
    return request.headers().contains(HttpHeaders.ORIGIN)
        || site != null && !(looks && (site.equals("same-origin") || site.equals("none")));
  }

  private static boolean isOwn(HostAndPort authority) {
    return authority == null || isLoopback(authority.host());
  }

  private static boolean isLoopback(String host) {
    String name =
        host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    IpAddress address = IpAddress.parse(name);
    return name.equalsIgnoreCase("localhost") || address != null && LOOPBACK.contains(address);
  }

  private static void refuse(RoutingContext context, int status, String error) {
    ManagementServer.json(context, status, new JsonObject().put("error", error));
  }
}
