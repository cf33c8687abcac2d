package sekisho.http.request;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.metrics.Refusal;

/**
 * Refuses forms that another site makes a browser send, to log somebody in under a name that is not
 * his or to log him out.
 *
 * <p>Browsers say where a request comes from, in headers that no page can set: {@code
 * Sec-Fetch-Site} (Fetch Metadata), and {@code Origin} (RFC 6454, section 7) where that is missing:
 * in older ones, and in all of them without HTTPS. What sends neither is no browser, and is not
 * refused.
 *
 * <p>An origin other than the host may be that of a proxy that asks for another host than the
 * browser did, as nginx does unless it is told otherwise. The log says so, ten minutes apart, with
 * texts that are an origin and a host and nothing else.
 */
public final class FormOrigin {

  private static final CharSequence FETCH_SITE = HttpHeaders.createOptimized("Sec-Fetch-Site");
  private static final String FORWARDED_HOST = "X-Forwarded-Host";
  private static final Logger LOG = LoggerFactory.getLogger(FormOrigin.class);
  private static final long PAUSE_NANOS = Duration.ofMinutes(10).toNanos();

  /** As long as a domain name may be, with a port. */
  private static final int LONGEST_SHOWN = 261;

  private final AtomicLong nextWarning;

  /**
   * @param nextWarning when the log may be written to again, by {@link System#nanoTime}; shared by
   *     all event loops
   */
  public FormOrigin(AtomicLong nextWarning) {
    this.nextWarning = nextWarning;
  }

  /**
   * Checks where a form comes from.
   *
   * @throws BadRequestException with 403 when that is another site
   */
  public void require(HttpServerRequest request) {
    String site = request.getHeader(FETCH_SITE);
    if (site != null) {
      if (!isOwn(site)) {
        throw refusal(Refusal.CROSS_SITE);
      }
      return;
    }
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    if (origin != null && !isOfThisHost(origin, request)) {
      warn(origin, request.getHeader(HttpHeaders.HOST));
      throw refusal(Refusal.FORM_ORIGIN);
    }
  }

  private static BadRequestException refusal(Refusal reason) {
    return new BadRequestException(
        403, "The form was sent by another site. Please use the form of this one.", reason);
  }

  private void warn(String origin, String host) {
    if (!isShown(origin) || host == null || host.length() > LONGEST_SHOWN) {
      return;
    }
    long now = System.nanoTime();
    long next = nextWarning.get();
    if (now - next >= 0 && nextWarning.compareAndSet(next, now + PAUSE_NANOS)) {
      LOG.warn(
          "a form came from {}, but Host was {}: does the proxy pass Host? It was refused with 403; unless another site sent"
              + " it, have the proxy send Host or X-Forwarded-Host as the browser does (nginx: proxy_set_header Host $http_host;)",
          origin,
          host);
    }
  }

  private static boolean isShown(String origin) {
    int end = origin.indexOf("://");
    return (origin.startsWith("http:") || origin.startsWith("https:"))
        && end > 0
        && origin.length() <= LONGEST_SHOWN
        && Authority.isValid(origin.substring(end + 3));
  }

  /** A sibling below the same domain ({@code same-site}) has no form of ours either. */
  private static boolean isOwn(String site) {
    return site.equals("same-origin") || site.equals("none");
  }

  private static boolean isOfThisHost(String origin, HttpServerRequest request) {
    return isOf(origin, request.getHeader(HttpHeaders.HOST))
        || isOf(origin, asked(request.getHeader(FORWARDED_HOST)));
  }

  /**
   * What the browser asked for, where a proxy asks for something else. It may be believed from
   * anybody: the attacker here is a page in the browser of the attacked, and a page cannot make a
   * browser send this header to another site.
   */
  private static @Nullable String asked(@Nullable String forwardedHost) {
    return forwardedHost == null ? null : forwardedHost.split(",", 2)[0].strip();
  }

  /**
   * Whether an origin is of a host, with or without the port; the scheme does not count, as a proxy
   * may have ended TLS.
   */
  private static boolean isOf(String origin, @Nullable String host) {
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
