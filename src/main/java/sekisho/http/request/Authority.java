package sekisho.http.request;

import sekisho.net.IpAddress;

/**
 * The syntax of a host with or without a port (RFC 3986, sections 3.2.2 and 3.2.3), as {@code Host}
 * and {@code Origin} have it. Empty hosts are refused, which {@code http} URIs cannot have; so are
 * percent-encoding and commas, which some readers decode or split, zones, and the future kinds of
 * address literals, of which there are none.
 */
public final class Authority {

  private static final int MAX_PORT = 65_535;
  private static final int PORT_DIGITS = 5;
  private static final boolean[] OF_A_NAME = new boolean[128];

  static {
    for (char c = 0; c < OF_A_NAME.length; c++) {
      OF_A_NAME[c] =
          c >= '0' && c <= '9'
              || c >= 'a' && c <= 'z'
              || c >= 'A' && c <= 'Z'
              || "-._~!$&'()*+;=".indexOf(c) >= 0;
    }
  }

  private Authority() {}

  /**
   * Tells whether a text is a host, or a host and a port, and nothing else.
   *
   * @param text not null
   */
  public static boolean isValid(String text) {
    int end = text.startsWith("[") ? literalEnd(text) : nameEnd(text);
    return end > 0 && isPort(text, end);
  }

  /** Where the name ends, 0 if there is none. */
  private static int nameEnd(String text) {
    int end = 0;
    while (end < text.length()
        && text.charAt(end) < OF_A_NAME.length
        && OF_A_NAME[text.charAt(end)]) {
      end++;
    }
    return end;
  }

  /** Where the IPv6 address in brackets ends, 0 if it is none. */
  private static int literalEnd(String text) {
    int bracket = text.indexOf(']');
    String address = bracket < 0 ? "" : text.substring(1, bracket);
    return address.indexOf(':') >= 0 && IpAddress.parse(address) != null ? bracket + 1 : 0;
  }

  /** Whether nothing follows, or a colon and perhaps a port. */
  private static boolean isPort(String text, int from) {
    if (from == text.length()) {
      return true;
    }
    int port = 0;
    for (int i = from + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9' || i - from > PORT_DIGITS) {
        return false;
      }
      port = port * 10 + c - '0';
    }
    return text.charAt(from) == ':' && port <= MAX_PORT;
  }

  /**
   * Tells whether two valid authorities are one, where {@code defaultPort} is what both mean
   * without a port.
   */
  static boolean areSame(String one, String other, String defaultPort) {
    return one.equalsIgnoreCase(other)
        || withoutPort(one, defaultPort).equalsIgnoreCase(withoutPort(other, defaultPort));
  }

  private static String withoutPort(String authority, String defaultPort) {
    int colon = authority.lastIndexOf(':');
    boolean isDefault =
        colon > authority.lastIndexOf(']')
            && (colon == authority.length() - 1
                || authority.substring(colon + 1).equals(defaultPort));
    return isDefault ? authority.substring(0, colon) : authority;
  }
}
