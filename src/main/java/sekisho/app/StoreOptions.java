package sekisho.app;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.TrustOptions;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.mysqlclient.SslMode;
import io.vertx.redis.client.ProtocolVersion;
import io.vertx.redis.client.RedisOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.TrustManagerFactory;
import sekisho.file.FileProblem;
import sekisho.redis.RedisKeys;
import sekisho.redis.location.ClusterLocation;
import sekisho.redis.location.FixedLocation;
import sekisho.redis.location.NameServiceUrl;
import sekisho.redis.location.RedisLocation;
import sekisho.redis.location.RedisUrl;
import sekisho.redis.location.SentinelLocation;

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

  /** What decides on the slot of a key (redis.io, cluster specification: hash tags). */
  private static final Pattern HASH_TAG = Pattern.compile("^[^{]*\\{[^}]+}");

  /** RFC 2818: the certificate has to name the host that the URL names. */
  private static final String CHECK_HOST_NAME = "HTTPS";

  private StoreOptions() {}

  /**
   * How to reach Redis.
   *
   * @param settings with the URL of Redis
   * @throws StartException when the settings can't be used
   */
  static RedisLocation redis(Settings.Redis settings) {
    String url = settings.url().orElseThrow();
    if (!NameServiceUrl.isOne(url)) {
      RedisUrl read = read(url);
      RedisOptions options = template(read.ssl(), settings.caFile());
      return new FixedLocation(
          options.setConnectionString(url).setProtocolNegotiation(read.hasPassword()));
    }
    NameServiceUrl asked =
        NameServiceUrl.parse(url)
            .orElseThrow(
                () ->
                    new StartException(
                        REDIS_URL
                            + ": is not a URL such as redis-sentinel://host:26379,host:26379/primary"
                            + " or redis-cluster://host:6379,host:6379"));
    RedisOptions options = template(asked.ssl(), settings.caFile());
    if (asked.kind() == NameServiceUrl.Kind.SENTINEL) {
      return new SentinelLocation(options, asked);
    }
    String prefix = settings.keyPrefix();
    if (!HASH_TAG.matcher(prefix).find()) {
      throw new StartException(
          "sekisho.redis.key-prefix: "
              + prefix
              + " has no hash tag, so that the keys would lie on several nodes of the Cluster: let it be"
              + " such as {sekisho}:");
    }
    return new ClusterLocation(options, asked, RedisKeys.under(prefix).state());
  }

  /** How to connect to any server, but for its URL. */
  private static RedisOptions template(boolean ssl, Optional<Path> caFile) {
    // RESP2: replies look the same on every version of Redis. Where there is a password, HELLO is
    // sent, with which the client logs in at once; without it, only when Redis asks for a password,
    // so that a user's name would be passed over where everybody may do something.
    RedisOptions options = new RedisOptions().setPreferredProtocolVersion(ProtocolVersion.RESP2);
    if (ssl) {
      NetClientOptions connection = options.getNetClientOptions();
      connection.setSsl(true).setHostnameVerificationAlgorithm(CHECK_HOST_NAME);
      caFile.ifPresent(
          file -> connection.setTrustOptions(TrustedAuthorities.inFile(REDIS_CA, file)));
    } else if (caFile.isPresent()) {
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
   * How to reach the servers of MySQL, of which one takes the writes.
   *
   * @param settings with the URL of MySQL
   * @throws StartException when the settings can't be used
   */
  static List<MySQLConnectOptions> mySql(Settings.MySql settings) {
    List<String> urls = MySqlUrl.ofEachServer(settings.url().orElseThrow());
    List<MySQLConnectOptions> servers =
        urls.stream().map(url -> mySql(url, settings.caFile())).toList();
    if (servers.size() > 1 && servers.get(0).isUsingDomainSocket()) {
      throw new StartException(MYSQL_URL + ": names several servers and the socket of one");
    }
    return servers;
  }

  private static MySQLConnectOptions mySql(String url, Optional<Path> caFile) {
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
    encrypt(options, MySqlUrl.sslMode(url), caFile);
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

  /**
   * What the client does not read of a MySQL URL: several hosts, and parameters that it does not
   * know, which it passes over, so that a misspelt wish for encryption would not be noticed: here
   * they are refused.
   */
  static final class MySqlUrl {

    private static final String SETTING = "sekisho.mysql.url";

    /**
     * {@code sslMode} is what Connector/J calls it, {@code ssl-mode} what the mysql program does.
     */
    private static final Set<String> SSL_MODE = Set.of("sslmode", "ssl-mode");

    private static final Set<String> OF_THE_CLIENT =
        Set.of("socket", "host", "port", "user", "password", "schema", "charset", "collation");

    /** Everything up to the hosts, the hosts, and the rest. */
    private static final Pattern HOSTS = Pattern.compile("([^:/]+://(?:[^/?#]*@)?)([^/?#]*)(.*)");

    private MySqlUrl() {}

    /**
     * Takes a URL that names several hosts, separated by commas, apart.
     *
     * @return a URL for each of them, in their order
     * @throws StartException when one of several is empty
     */
    static List<String> ofEachServer(String url) {
      Matcher parts = HOSTS.matcher(url);
      if (!parts.matches() || parts.group(2).indexOf(',') < 0) {
        return List.of(url);
      }
      List<String> hosts = List.of(parts.group(2).split(",", -1));
      if (hosts.contains("")) {
        throw new StartException(SETTING + ": has a comma without a host before or after it");
      }
      return hosts.stream().map(host -> parts.group(1) + host + parts.group(3)).toList();
    }

    /**
     * Finds out how the connection is to be encrypted.
     *
     * @param url the whole URL, which the client has read: what is not a delimiter is encoded
     * @return the mode, empty when the URL does not say
     * @throws StartException when there is no such mode, or the URL has a parameter that is not
     *     known
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

  /** The authorities by whose signature a server's certificate is trusted. */
  static final class TrustedAuthorities {

    private TrustedAuthorities() {}

    /**
     * Reads them from a file.
     *
     * @param setting the setting that names the file, for messages
     * @param file one certificate or several, as PEM
     * @throws StartException when it can't be read or holds no certificate
     */
    static TrustOptions inFile(String setting, Path file) {
      try {
        byte[] pem = Files.readAllBytes(file);
        if (CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(pem))
            .isEmpty()) {
          throw new CertificateException("it is empty");
        }
        return new PemTrustOptions().addCertValue(Buffer.buffer(pem));
      } catch (NoSuchFileException e) {
        throw new StartException(setting + ": there is no file " + file);
      } catch (IOException e) {
        throw new StartException(
            setting + ": cannot read " + file + ": " + FileProblem.reason(file, e));
      } catch (CertificateException e) {
        throw new StartException(
            setting + ": " + file + " holds no certificates as PEM (-----BEGIN CERTIFICATE-----)");
      }
    }

    /** Those that come with the Java platform. */
    static TrustOptions ofThePlatform() {
      try {
        TrustManagerFactory factory =
            TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        return TrustOptions.wrap(factory.getTrustManagers()[0]);
      } catch (GeneralSecurityException e) {
        throw new StartException("this Java platform has no usable trust store: " + e.getMessage());
      }
    }
  }
}
