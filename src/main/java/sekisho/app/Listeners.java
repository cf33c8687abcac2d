package sekisho.app;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.Locale;
import sekisho.http.connection.ListenException;
import sekisho.http.connection.SocketFile;
import sekisho.net.HostPort;

/**
 * Looks whether the service will be able to listen, before anything else is begun that would then
 * have been in vain.
 */
public final class Listeners {

  private static final String HTTP = "sekisho.http";
  private static final String MANAGEMENT = "sekisho.management";

  private Listeners() {}

  /**
   * Checks the addresses of all listeners.
   *
   * @throws StartException when somebody else listens there, or nobody can
   */
  public static void requireFree(Settings settings) {
    settings.http().port().ifPresent(port -> requireFree(HTTP, settings.http().host(), port));
    try {
      settings.http().socket().ifPresent(SocketFile::requireFree);
    } catch (ListenException e) {
      throw new StartException(e.getMessage());
    }
    requireFree(MANAGEMENT, settings.management().host(), settings.management().port());
  }

  private static void requireFree(String setting, String host, int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
    } catch (UnknownHostException e) {
      throw new StartException(setting + ".host: '" + host + "' is not an address of this machine");
    } catch (BindException e) {
      boolean taken = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("in use");
      throw new StartException(
          "cannot listen on "
              + HostPort.text(host, port)
              + ": "
              + (taken
                  ? "another process does; end it, or set " + setting + ".port to another port"
                  : e.getMessage()
                      + "; set "
                      + setting
                      + ".host and "
                      + setting
                      + ".port to an address of this machine and a port"
                      + " that is allowed"));
    } catch (IOException e) {
      throw new StartException(
          "cannot listen on "
              + HostPort.text(host, port)
              + " ("
              + setting
              + ".port): "
              + e.getMessage());
    }
  }
}
