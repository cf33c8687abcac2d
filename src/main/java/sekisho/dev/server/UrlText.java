package sekisho.dev.server;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Puts a file path into a URL. */
final class UrlText {

  private UrlText() {}

  /** Percent-encodes all but the slashes (RFC 3986, section 2.1). */
  static String path(Path path) {
    return URLEncoder.encode(path.toString(), StandardCharsets.UTF_8)
        .replace("+", "%20")
        .replace("%2F", "/");
  }
}
