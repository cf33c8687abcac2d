package sekisho.bench.client;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.net.URI;
import java.util.Locale;

/**
 * An answer that was read to its end.
 *
 * @param status the status code
 * @param header the header lines
 * @param body the whole body, empty for none
 */
public record Response(int status, MultiMap header, Buffer body) {

  /**
   * The path of the place redirected to, without a query.
   *
   * @return null when there is no {@code Location} or it is not a URI
   */
  public String locationPath() {
    String location = location();
    return location == null ? null : URI.create(location).getPath();
  }

  /**
   * Path and query of the place redirected to, as the next request line has it; null like {@link
   * #locationPath}.
   */
  public String locationTarget() {
    String location = location();
    if (location == null) {
      return null;
    }
    URI uri = URI.create(location);
    return uri.getRawQuery() == null
        ? uri.getRawPath()
        : uri.getRawPath() + "?" + uri.getRawQuery();
  }

  public boolean isRedirect() {
    return status == 302 || status == 303;
  }

  public boolean isHtml() {
    String type = header.get(HttpHeaders.CONTENT_TYPE);
    return type != null && type.toLowerCase(Locale.ROOT).startsWith("text/html");
  }

  private String location() {
    String location = header.get(HttpHeaders.LOCATION);
    try {
      return location == null ? null : URI.create(location).toString();
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
