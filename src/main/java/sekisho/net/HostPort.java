package sekisho.net;

/** Writes down where something listens. */
public final class HostPort {

  private HostPort() {}

  /**
   * Host and port as they stand in a URL (RFC 3986, 3.2.2).
   *
   * @param host a name or an address, an IPv6 address with or without brackets
   * @return such as {@code 127.0.0.1:8080} or {@code [::1]:8080}
   */
  public static String text(String host, int port) {
    return text(host, Integer.toString(port));
  }

  /**
   * The same with something in place of the port.
   *
   * @param host a name or an address, an IPv6 address with or without brackets
   * @param port what stands for the port
   * @return such as {@code [::1]:8080}
   */
  public static String text(String host, String port) {
    return (host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host) + ":" + port;
  }
}
