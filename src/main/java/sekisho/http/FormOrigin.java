package sekisho.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Locale;

/**
 * Refuses forms that another site makes a browser send, to log somebody in under a name that is not his or to log him out.
 *
 * <p>Browsers say where a request comes from, in headers that no page can set: {@code Sec-Fetch-Site} (Fetch Metadata), and
 * {@code Origin} (RFC 6454, section 7) where that is missing: in older ones, and in all of them without HTTPS. What sends neither
 * is no browser, and is not refused.
 */
final class FormOrigin {

  private static final CharSequence FETCH_SITE = HttpHeaders.createOptimized("Sec-Fetch-Site");
  private static final String FORWARDED_HOST = "X-Forwarded-Host";

  private FormOrigin() {
  }

  /**
   * Checks where a form comes from.
   *
   * @throws BadRequestException with 403 when that is another site
   */
  static void require(HttpServerRequest request) {
    String site = request.getHeader(FETCH_SITE);
    if (site != null ? !isOwn(site) : !isOwnOrNone(request.getHeader(HttpHeaders.ORIGIN), request)) {
      throw new BadRequestException(403, "The form was sent by another site. Please use the form of this one.");
    }
  }

  /** A sibling below the same domain ({@code same-site}) has no form of ours either. */
  private static boolean isOwn(String site) {
    return site.equals("same-origin") || site.equals("none");
  }

  private static boolean isOwnOrNone(String origin, HttpServerRequest request) {
    return origin == null || isOf(origin, request.getHeader(HttpHeaders.HOST))
        || isOf(origin, asked(request.getHeader(FORWARDED_HOST)));
  }

  /**
   * What the browser asked for, where a proxy asks for something else. It may be believed from anybody: the attacker here is a
   * page in the browser of the attacked, and a page cannot make a browser send this header to another site.
   */
  private static String asked(String forwardedHost) {
    return forwardedHost == null ? null : forwardedHost.split(",", 2)[0].strip();
  }

  /** Whether an origin is of a host, with or without the port; the scheme does not count, as a proxy may have ended TLS. */
  private static boolean isOf(String origin, String host) {
    int end = origin.indexOf("://");
    if (end < 0 || host == null) {
      return false; // such as "null", which a sandboxed frame sends
    }
    String authority = origin.substring(end + 3);
    return authority.equalsIgnoreCase(host)
        || host.equalsIgnoreCase(authority + defaultPort(origin.substring(0, end)));
  }

  private static String defaultPort(String scheme) {
    return switch (scheme.toLowerCase(Locale.ROOT)) {
      case "https" -> ":443";
      case "http" -> ":80";
      default -> "";
    };
  }
}
