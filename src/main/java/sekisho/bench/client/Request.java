package sekisho.bench.client;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import sekisho.bench.load.RequestKind;

/**
 * A request made ready, which may be sent many times.
 *
 * @param kind what it is timed as
 * @param options method, path and header
 * @param body null for none
 */
public record Request(RequestKind kind, RequestOptions options, Buffer body) {

  private static final CharSequence FORWARDED = HttpHeaders.createOptimized("X-Forwarded-For");
  private static final CharSequence FORM =
      HttpHeaders.createOptimized("application/x-www-form-urlencoded");

  /**
   * A GET.
   *
   * @param address client address to claim; null for none
   */
  public static Request get(RequestKind kind, String path, String address) {
    return new Request(kind, options(HttpMethod.GET, path, address), null);
  }

  /** A login. */
  public static Request login(LoginTry attempt) {
    String form = "login=" + encoded(attempt.login()) + "&password=" + encoded(attempt.password());
    RequestOptions options =
        options(HttpMethod.POST, "/login", attempt.address())
            .putHeader(HttpHeaders.CONTENT_TYPE, FORM);
    return new Request(RequestKind.LOGIN, options, Buffer.buffer(form));
  }

  /**
   * Adds a header, in place.
   *
   * @param value null to add nothing
   */
  public Request with(CharSequence name, String value) {
    if (value != null) {
      options.putHeader(name, value);
    }
    return this;
  }

  @Override
  public String toString() {
    return options.getMethod() + " " + options.getURI();
  }

  private static RequestOptions options(HttpMethod method, String path, String address) {
    RequestOptions options = new RequestOptions().setMethod(method).setURI(path);
    return address == null ? options : options.putHeader(FORWARDED, address);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
