package sekisho.http.page;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The headers that every answer with content has. They are read-only, so that a response that adds
 * none of its own shares them; make them once for each event loop.
 *
 * <p>There is no {@code Permissions-Policy}: it binds scripts and frames; the one script of a page
 * asks for nothing.
 */
public final class ContentHeaders {

  private static final CharSequence HTML = HttpHeaders.createOptimized("text/html; charset=utf-8");
  private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
  private static final String NOTHING =
      "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action ";

  private ContentHeaders() {}

  /**
   * Returns the headers of a page.
   *
   * @param styleHash the one style that is allowed, see {@link Pages#styleHash}
   * @param scriptHash the one script that is allowed, see {@link Pages#scriptHash}
   * @param secure whether browsers reach the service by HTTPS only
   */
  public static MultiMap page(String styleHash, String scriptHash, boolean secure) {
    // Pages are self-contained and have one style and one script: browsers neither load nor run
    // what else may get into them.
    return headers(
            HTML,
            NOTHING + "'self'; style-src '" + styleHash + "'; script-src '" + scriptHash + "'",
            secure)
        .copy(false);
  }

  /**
   * Returns the headers of a page with a fixed length, and, if it takes one from the client, a
   * cookie.
   *
   * @param page the headers of any page
   * @param length of the body in bytes
   * @param setCookie the value of {@code Set-Cookie}, or null
   */
  public static MultiMap fixed(MultiMap page, int length, @Nullable String setCookie) {
    MultiMap headers = page.copy(true).set(HttpHeaders.CONTENT_LENGTH, length(length));
    if (setCookie != null) {
      headers.set(HttpHeaders.SET_COOKIE, HttpHeaders.createOptimized(setCookie));
    }
    return headers.copy(false);
  }

  /**
   * Returns the headers of a document for programs.
   *
   * @param secure whether clients reach the service by HTTPS only
   */
  public static MultiMap json(boolean secure) {
    return headers(JSON, NOTHING + "'none'", secure).copy(false);
  }

  private static MultiMap headers(CharSequence type, String policy, boolean secure) {
    MultiMap headers =
        HttpHeaders.headers()
            .set(HttpHeaders.CONTENT_TYPE, type)
            .set(HttpHeaders.CACHE_CONTROL, HttpHeaders.createOptimized("no-store"));
    set(headers, "Content-Security-Policy", policy);
    set(headers, "X-Content-Type-Options", "nosniff");
    // For browsers that do not know frame-ancestors.
    set(headers, "X-Frame-Options", "DENY");
    // Not no-referrer: with that, browsers would send the login form with "Origin: null".
    set(headers, "Referrer-Policy", "same-origin");
    set(headers, "Cross-Origin-Opener-Policy", "same-origin");
    set(headers, "Cross-Origin-Resource-Policy", "same-origin");
    if (secure) {
      set(headers, "Strict-Transport-Security", "max-age=31536000");
    }
    return headers;
  }

  private static void set(MultiMap headers, String name, String value) {
    headers.set(HttpHeaders.createOptimized(name), HttpHeaders.createOptimized(value));
  }

  private static CharSequence length(int length) {
    return HttpHeaders.createOptimized(Integer.toString(length));
  }
}
