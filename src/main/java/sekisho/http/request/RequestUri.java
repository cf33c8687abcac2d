package sekisho.http.request;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The target of a request line (RFC 9112, section 3.2): a path, or a whole {@code http} URI of the
 * very host that the request names. {@code *} and {@code host:port} are for servers and proxies of
 * another kind.
 */
final class RequestUri {

  private RequestUri() {}

  /**
   * Returns path and query of a target.
   *
   * @param target as it stands in the request line
   * @param host a valid authority, or null if the request names none
   * @return the path and perhaps a query, the target itself if it is of that form; null if it is
   *     not to be understood
   */
  static @Nullable String path(String target, @Nullable String host) {
    String path = target.startsWith("/") ? target : ofHost(target, host);
    return path != null && isPath(path) ? path : null;
  }

  private static @Nullable String ofHost(String target, @Nullable String host) {
    boolean secure = target.regionMatches(true, 0, "https://", 0, 8);
    if (!secure && !target.regionMatches(true, 0, "http://", 0, 7)) {
      return null;
    }
    int start = secure ? 8 : 7;
    int end = start;
    while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') {
      end++;
    }
    String authority = target.substring(start, end);
    if (!Authority.isValid(authority)
        || host != null && !Authority.areSame(authority, host, secure ? "443" : "80")) {
      return null;
    }
    return target.startsWith("/", end) ? target.substring(end) : "/" + target.substring(end);
  }

  /**
   * Whether there is nothing in it that has to be encoded; what browsers leave as it is in queries
   * may stand there. The encoding of the path has to be one of text (in a query it is the page's
   * affair, and "100%" is common).
   */
  private static boolean isPath(String path) {
    boolean query = false;
    boolean encoded = false;
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c <= ' '
          || c >= 0x7f
          || c == '"'
          || c == '<'
          || c == '>'
          || c == '#'
          || c == '\\' && !query) {
        return false;
      }
      query |= c == '?';
      encoded |= c == '%' && !query;
    }
    return !encoded || isEncodedText(path);
  }

  private static boolean isEncodedText(String path) {
    int end = path.indexOf('?') < 0 ? path.length() : path.indexOf('?');
    ByteBuffer bytes = ByteBuffer.allocate(end);
    for (int i = 0; i < end; i++) {
      char c = path.charAt(i);
      if (c == '%') {
        int high = i + 2 < end ? Character.digit(path.charAt(i + 1), 16) : -1;
        int low = high < 0 ? -1 : Character.digit(path.charAt(i + 2), 16);
        c = (char) (high << 4 | low);
        i += 2;
        if (low < 0 || c < ' ' || c == 0x7f) {
          return false;
        }
      }
      bytes.put((byte) c);
    }
    try {
      StandardCharsets.UTF_8.newDecoder().decode(bytes.flip());
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
