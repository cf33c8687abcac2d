package sekisho.http.request;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The header fields that frame, route, modify or describe a request, or say who sent it. They
 * belong into the head: a reader that merges trailers into it would take one for the other (RFC
 * 9110, section 6.5.1), and one that is named in {@code Connection} is there for some readers only
 * (section 7.6.1).
 */
final class ReservedFields {

  private static final List<String> PREFIXES =
      List.of("x-forwarded-", "sec-", "proxy-", "if-", "access-control-");
  private static final Set<String> NAMES =
      caseless(
          "accept",
          "accept-charset",
          "accept-encoding",
          "accept-language",
          "age",
          "authorization",
          "cache-control",
          "connection",
          "content-disposition",
          "content-encoding",
          "content-language",
          "content-length",
          "content-location",
          "content-range",
          "content-type",
          "cookie",
          "cookie2",
          "date",
          "expect",
          "forwarded",
          "from",
          "host",
          "keep-alive",
          "location",
          "max-forwards",
          "origin",
          "pragma",
          "range",
          "referer",
          "set-cookie",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "user-agent",
          "via",
          "x-real-ip");
  private static final Set<String> OF_A_CONNECTION =
      caseless("connection", "keep-alive", "proxy-connection", "te", "trailer", "upgrade");

  private ReservedFields() {}

  private static Set<String> caseless(String... names) {
    Set<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    set.addAll(List.of(names));
    return set;
  }

  /** Whether a field may not stand in a trailer. */
  static boolean isKeptFromTrailers(String name) {
    return NAMES.contains(name)
        || PREFIXES.stream()
            .anyMatch(prefix -> name.regionMatches(true, 0, prefix, 0, prefix.length()));
  }

  /**
   * Whether a field may not be named as an option of the connection, since it is for the last
   * reader too.
   */
  static boolean isKeptFromConnection(String name) {
    return isKeptFromTrailers(name) && !OF_A_CONNECTION.contains(name);
  }
}
