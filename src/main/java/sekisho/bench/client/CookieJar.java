package sekisho.bench.client;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/**
 * The cookies of one visit to one server (RFC 6265). Knows names, values and removal by {@code
 * Max-Age} or an {@code Expires} in 1970, as servers write it to delete a cookie; paths and other
 * expiry times don't matter within the seconds of a visit.
 */
public final class CookieJar {

  private final Map<String, String> cookies = new LinkedHashMap<>();

  /** Takes the values of the {@code Set-Cookie} lines of an answer. */
  public void store(List<String> lines) {
    for (String line : lines) {
      int semicolon = line.indexOf(';');
      String pair = semicolon < 0 ? line : line.substring(0, semicolon);
      int equals = pair.indexOf('=');
      if (equals <= 0) {
        continue;
      }
      String name = pair.substring(0, equals).strip();
      if (semicolon >= 0 && deletes(line.substring(semicolon))) {
        cookies.remove(name);
      } else {
        cookies.put(name, pair.substring(equals + 1).strip());
      }
    }
  }

  /** The value of the {@code Cookie} header; null when there is no cookie. */
  public String header() {
    if (cookies.isEmpty()) {
      return null;
    }
    StringJoiner header = new StringJoiner("; ");
    cookies.forEach((name, value) -> header.add(name + "=" + value));
    return header.toString();
  }

  private static boolean deletes(String attributes) {
    for (String attribute : attributes.toLowerCase(Locale.ROOT).split(";")) {
      String text = attribute.strip();
      if (text.startsWith("max-age=")) {
        return text.equals("max-age=0") || text.startsWith("max-age=-");
      }
      if (text.startsWith("expires=") && text.contains("1970")) {
        return true;
      }
    }
    return false;
  }
}
