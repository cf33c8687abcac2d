package sekisho.app;

import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.NetClientOptions;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.mysqlclient.SslMode;
import io.vertx.redis.client.ProtocolVersion;
import io.vertx.redis.client.RedisOptions;
import java.nio.file.Path;
import java.util.Optional;
import sekisho.redis.RedisUrl;

/**
 * Turns the settings of the stores into the options of their clients. Messages never quote a URL,
 * which may hold a password.
 */
final class StoreOptions {

  private static final String REDIS_URL = "sekisho.redis.url";
  private static final String REDIS_CA = "sekisho.redis.ca-file";
  private static final String MYSQL_URL = "sekisho.mysql.url";
  private static final String MYSQL_CA = "sekisho.mysql.ca-file";
  private static final String UTF8 = "utf8mb4";

  /** RFC 2818: the certificate has to name the host that the URL names. */
  private static final String CHECK_HOST_NAME = "HTTPS";

  private StoreOptions() {}

  /**
   * How to reach Redis.
   *
   * @param settings with the URL of Redis
   * @return the client's options
   * @throws StartException when the settings can't be used
   */
  static RedisOptions redis(Settings.Redis settings) {
    String url = settings.url().orElseThrow();
    RedisUrl read = read(url);
    // RESP2: replies look the same on every version of Redis. With HELLO the client logs in at
    // once; without it, only when Redis
    // asks for a password, and a user's name would be passed over where everybody may do something.
    RedisOptions options =
        new RedisOptions()
            .setConnectionString(url)
            .setProtocolNegotiation(read.hasPassword())
            .setPreferredProtocolVersion(ProtocolVersion.RESP2);
    if (read.ssl()) {
      NetClientOptions connection = options.getNetClientOptions();
      connection.setSsl(true).setHostnameVerificationAlgorithm(CHECK_HOST_NAME);
      settings
          .caFile()
          .ifPresent(file -> connection.setTrustOptions(TrustedAuthorities.inFile(REDIS_CA, file)));
    } else if (settings.caFile().isPresent()) {
      throw new StartException(
          REDIS_CA + ": is of no use without TLS: let " + REDIS_URL + " begin with rediss://");
    }
    return options;
  }

  private static RedisUrl read(String url) {
    try {
      // The client reads the URL when it first connects, which is too late to complain.
      return RedisUrl.parse(url);
    } catch (IllegalArgumentException e) {
      throw new StartException(
          REDIS_URL + ": is not a URL such as redis://127.0.0.1:6379 or unix:///path/to/socket");
    }
  }

  /**
   * How to reach MySQL.
   *
   * @param settings with the URL of MySQL
   * @return the client's options
   * @throws StartException when the settings can't be used
   */
  static MySQLConnectOptions mySql(Settings.MySql settings) {
    String url = settings.url().orElseThrow();
    MySQLConnectOptions options;
    try {
      options = MySQLConnectOptions.fromUri(url);
    } catch (IllegalArgumentException e) {
      throw new StartException(
          MYSQL_URL + ": is not a URL such as mysql://user:password@127.0.0.1:3306/sekisho");
    }
    if (options.getDatabase() == null || options.getDatabase().isEmpty()) {
      throw new StartException(
          MYSQL_URL
              + ": names no database; it is a URL such as"
              + " mysql://user:password@127.0.0.1:3306/sekisho");
    }
    encrypt(options, MySqlUrl.sslMode(url), settings.caFile());
    // Whatever the URL says: names are sent as UTF-8.
    return options.setCachePreparedStatements(true).setCharset(UTF8).setCollation(null);
  }

  private static void encrypt(
      MySQLConnectOptions options, Optional<SslMode> stated, Optional<Path> caFile) {
    SslMode mode =
        stated.orElse(
            options.isUsingDomainSocket()
                ? SslMode.DISABLED
                : caFile.isPresent() ? SslMode.VERIFY_IDENTITY : SslMode.PREFERRED);
    boolean verifies = mode == SslMode.VERIFY_CA || mode == SslMode.VERIFY_IDENTITY;
    if (options.isUsingDomainSocket() && (verifies || mode == SslMode.REQUIRED)) {
      throw new StartException(
          MYSQL_URL + ": sslMode " + mode + " asks for TLS, which is not spoken on a socket");
    }
    if (caFile.isPresent() && !verifies) {
      throw new StartException(
          MYSQL_CA
              + ": is of no use with sslMode "
              + mode
              + " in "
              + MYSQL_URL
              + ": let it be VERIFY_IDENTITY or VERIFY_CA");
    }
    options.setSslMode(mode);
    if (mode != SslMode.DISABLED) {
      ClientSSLOptions tls =
          new ClientSSLOptions()
              .setHostnameVerificationAlgorithm(
                  mode == SslMode.VERIFY_IDENTITY ? CHECK_HOST_NAME : "");
      options.setSslOptions(
          verifies
              ? tls.setTrustOptions(
                  caFile
                      .map(file -> TrustedAuthorities.inFile(MYSQL_CA, file))
                      .orElseGet(TrustedAuthorities::ofThePlatform))
              : tls.setTrustAll(true));
    }
  }
}
