package sekisho.http.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A cookie that the service sets (RFC 6265): for all its paths, out of reach of scripts, and not
 * sent along with requests that other sites make, but for plain links. Immutable.
 *
 * <p>A secure cookie travels over HTTPS only, and its name begins with {@code __Host-}, so that
 * browsers refuse it from anyone but this very host (draft-ietf-httpbis-rfc6265bis, section
 * 4.1.3.2).
 */
public final class ServiceCookie {

  private final String nameAndEquals;
  private final String attributes;
  private final String cleared;

  /**
   * @param maxAge how long the client keeps the cookie, in whole seconds, at least one
   * @param secure whether the cookie is for HTTPS only
   */
  public ServiceCookie(String name, Duration maxAge, boolean secure) {
    if (maxAge.toSeconds() < 1) {
      throw new IllegalArgumentException(
          "cookie " + name + " needs a lifetime of at least one second");
    }
    String common = "; Path=/; HttpOnly; SameSite=Lax" + (secure ? "; Secure" : "");
    this.nameAndEquals = (secure ? "__Host-" : "") + name + "=";
    this.attributes = "; Max-Age=" + maxAge.toSeconds() + common;
    this.cleared = nameAndEquals + "; Max-Age=0" + common;
  }

  /**
   * Returns the {@code Set-Cookie} value that gives the cookie to the client.
   *
   * @param value the cookie's value, only characters that RFC 6265 allows without quotes; not
   *     checked
   */
  public String set(String value) {
    return nameAndEquals + value + attributes;
  }

  /** Returns the {@code Set-Cookie} value that takes the cookie from the client. */
  public String clear() {
    return cleared;
  }

  /**
   * Finds this cookie among those that a client sent. Names are compared exactly. There may be
   * several of one name, as a browser keeps one for each path and domain and does not say which is
   * which (RFC 6265, sections 4.2.2 and 5.4): an old one must not hide a good one.
   *
   * @param cookieLines the values of all {@code Cookie} header lines in their order
   * @return all values in their order, without spaces and quotes around them, perhaps empty ones
   */
  public List<String> read(List<String> cookieLines) {
    List<String> values = List.of();
    for (int i = 0; i < cookieLines.size(); i++) {
      values = read(cookieLines.get(i), values);
    }
    return values;
  }

  private List<String> read(String line, List<String> before) {
    List<String> values = before;
    int start = 0;
    while (start < line.length()) {
      int semicolon = line.indexOf(';', start);
      int end = semicolon < 0 ? line.length() : semicolon;
      while (start < end && (line.charAt(start) == ' ' || line.charAt(start) == '\t')) {
        start++;
      }
      if (line.startsWith(nameAndEquals, start)) {
        values = values.isEmpty() ? new ArrayList<>(1) : values;
        values.add(unquoted(line.substring(start + nameAndEquals.length(), end).strip()));
      }
      start = end + 1;
    }
    return values;
  }

  /**
   * The quotes are part of the value for a browser, and not for the program that put them there
   * (RFC 6265, section 4.1.1).
   */
  private static String unquoted(String value) {
    int last = value.length() - 1;
    return last > 0 && value.charAt(0) == '"' && value.charAt(last) == '"'
        ? value.substring(1, last)
        : value;
  }
}
