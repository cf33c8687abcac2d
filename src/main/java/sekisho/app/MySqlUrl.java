package sekisho.app;

import io.vertx.mysqlclient.SslMode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The parameters of a MySQL URL. The client passes over those that it does not know, so that a
 * misspelt wish for encryption would not be noticed: here they are refused.
 */
final class MySqlUrl {

  private static final String SETTING = "sekisho.mysql.url";

  /** {@code sslMode} is what Connector/J calls it, {@code ssl-mode} what the mysql program does. */
  private static final Set<String> SSL_MODE = Set.of("sslmode", "ssl-mode");

  private static final Set<String> OF_THE_CLIENT =
      Set.of("socket", "host", "port", "user", "password", "schema", "charset", "collation");

  private MySqlUrl() {}

  /**
   * Finds out how the connection is to be encrypted.
   *
   * @param url the whole URL, which the client has read: what is not a delimiter is encoded
   * @return the mode, empty when the URL does not say
   * @throws StartException when there is no such mode, or the URL has a parameter that is not known
   */
  static Optional<SslMode> sslMode(String url) {
    Optional<SslMode> mode = Optional.empty();
    int query = url.indexOf('?');
    for (String parameter : query < 0 ? new String[0] : url.substring(query + 1).split("&")) {
      int equals = parameter.indexOf('=');
      String name =
          (equals < 0 ? parameter : parameter.substring(0, equals)).toLowerCase(Locale.ROOT);
      if (SSL_MODE.contains(name)) {
        mode =
            Optional.of(
                mode(URLDecoder.decode(parameter.substring(equals + 1), StandardCharsets.UTF_8)));
      } else if (!name.isEmpty() && !OF_THE_CLIENT.contains(name)) {
        throw new StartException(
            SETTING
                + ": has an unknown parameter '"
                + name
                + "'; there are socket, sslMode, charset and"
                + " collation");
      }
    }
    return mode;
  }

  private static SslMode mode(String text) {
    String name = text.toUpperCase(Locale.ROOT).replace('-', '_');
    return Arrays.stream(SslMode.values())
        .filter(mode -> mode.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new StartException(
                    SETTING
                        + ": sslMode is not one of DISABLED, PREFERRED, REQUIRED, VERIFY_CA and"
                        + " VERIFY_IDENTITY"));
  }
}
