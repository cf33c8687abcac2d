package sekisho.bench.load;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import sekisho.net.HostPort;

/**
 * The service to drive.
 *
 * @param host name or address
 * @param port TCP port, 1 to 65535
 * @param isLocal whether all addresses of the host are loopback addresses
 */
public record Target(String host, int port, boolean isLocal) {

  /**
   * Reads {@code http://host:port}.
   *
   * @param allowRemote whether the host may be another machine
   * @throws EnvironmentException when it is not of this form, unknown, or on another machine
   *     without leave
   */
  public static Target of(String url, boolean allowRemote) {
    URI uri;
    try {
      uri = URI.create(url);
    } catch (IllegalArgumentException e) {
      throw new EnvironmentException("URL: not a URL: " + url);
    }
    boolean bare = uri.getPath() == null || uri.getPath().isEmpty() || uri.getPath().equals("/");
    if (!"http".equals(uri.getScheme())
        || uri.getHost() == null
        || !bare
        || uri.getQuery() != null) {
      throw new EnvironmentException("URL: expected http://host:port, got " + url);
    }
    String host = uri.getHost().replaceAll("^\\[|]$", "");
    boolean local = isLoopback(host);
    if (!local && !allowRemote) {
      throw new EnvironmentException(
          "URL: "
              + host
              + " is not on this machine; load is sent to loopback addresses"
              + " only, unless --allow-remote is given");
    }
    return new Target(host, uri.getPort() < 0 ? 80 : uri.getPort(), local);
  }

  private static boolean isLoopback(String host) {
    try {
      return Arrays.stream(InetAddress.getAllByName(host)).allMatch(InetAddress::isLoopbackAddress);
    } catch (UnknownHostException e) {
      throw new EnvironmentException("URL: unknown host " + host);
    }
  }

  @Override
  public String toString() {
    return "http://" + HostPort.text(host, port);
  }
}
