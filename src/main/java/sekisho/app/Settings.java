package sekisho.app;

import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import sekisho.http.access.AccessLogFormat;
import sekisho.http.connection.ConnectionLimits;
import sekisho.http.connection.UnixSocket;
import sekisho.http.session.SessionKey;
import sekisho.login.Thresholds;
import sekisho.net.CidrSet;
import sekisho.ops.ManagementTokens;

/**
 * All settings, checked. {@link SettingsLoader} makes them; conf/sekisho.properties lists them.
 *
 * @param http the public listener
 * @param accessLog how requests are logged; empty for not at all
 * @param connections what one connection, and one address, may take of it
 * @param management the listener for operators
 * @param dataDirectory where local servers and generated files live
 * @param redis where counters and queue are
 * @param mysql where the history is
 * @param thresholds the limits of the rules
 * @param session how users stay logged in
 * @param zone the time zone of the member page
 * @param contact one line that locked and banned users see, such as a telephone number; empty for
 *     none
 * @param trustedProxies whose {@code X-Forwarded-For} is believed
 * @param ipv6Prefix by how many bits of their address IPv6 clients are counted, 1 to 128
 * @param report who may read the report
 * @param flush when the queue moves to MySQL
 * @param warmUp for how long the service exercises itself before it is ready; zero for not at all
 * @param shutdown how the service ends
 */
public record Settings(
    Http http,
    Optional<AccessLogSettings> accessLog,
    ConnectionLimits connections,
    Management management,
    Path dataDirectory,
    Redis redis,
    MySql mysql,
    Thresholds thresholds,
    Session session,
    ZoneId zone,
    String contact,
    CidrSet trustedProxies,
    int ipv6Prefix,
    Report report,
    Flush flush,
    Duration warmUp,
    Shutdown shutdown) {

  /**
   * The public listener.
   *
   * @param host the address to listen on
   * @param port the port, 0 for any free one; empty for no TCP listener
   * @param socket the Unix socket to listen on, absolute; empty for none
   * @param eventLoops how many event loops serve it, at least 1
   * @param maxConnections how many connections may be open at once
   * @param proxyProtocol whether connections begin with a PROXY header
   */
  public record Http(
      String host,
      OptionalInt port,
      Optional<UnixSocket> socket,
      int eventLoops,
      int maxConnections,
      boolean proxyProtocol) {}

  /**
   * The access log.
   *
   * @param format how a line is written
   * @param file where to; empty for the standard output
   */
  public record AccessLogSettings(AccessLogFormat format, Optional<Path> file) {}

  /**
   * The end of the service.
   *
   * @param drain for how long the listeners stay open after SIGTERM; not negative, less than {@code
   *     timeout}
   * @param timeout after which time the process ends at the latest
   */
  public record Shutdown(Duration drain, Duration timeout) {}

  /**
   * The listener for operators.
   *
   * @param host the address to listen on
   * @param port the port, 0 for any free one
   * @param socket a Unix socket to listen on, too; empty for none
   * @param tokens who may act; empty for the token kept in the data directory
   * @param profiling whether who has a token may have the service profiled
   */
  public record Management(
      String host,
      int port,
      Optional<UnixSocket> socket,
      Optional<ManagementTokens> tokens,
      boolean profiling) {

    @Override
    public String toString() {
      return "Management[host=" + host + ", port=" + port + "]";
    }
  }

  /**
   * Redis.
   *
   * @param url where it is; empty for the local server
   * @param caFile the authorities that its certificate is trusted by, as PEM; empty for those of
   *     the Java platform
   * @param keyPrefix what all keys begin with
   * @param timeout how long a call may take
   * @param copies how many replicas must have an attempt before it is answered, 0 for none
   * @param maxWaiting how many attempts may wait for a call on one event loop
   * @param recentBytes how many bytes the attempts take that can be given back to a Redis that lost
   *     them, 0 for none
   */
  public record Redis(
      Optional<String> url,
      Optional<Path> caFile,
      String keyPrefix,
      Duration timeout,
      int copies,
      int maxWaiting,
      int recentBytes) {

    @Override
    public String toString() {
      return "Redis[keyPrefix=" + keyPrefix + "]";
    }
  }

  /**
   * MySQL.
   *
   * @param url where it is; empty for the local server
   * @param caFile the authorities that its certificate is trusted by, as PEM; empty for those of
   *     the Java platform
   * @param timeout how long a statement may take
   * @param localSlowLog from which length on the local server logs statements; zero for never
   */
  public record MySql(
      Optional<String> url, Optional<Path> caFile, Duration timeout, Duration localSlowLog) {

    @Override
    public String toString() {
      return "MySql[timeout=" + timeout + "]";
    }
  }

  /**
   * Sessions.
   *
   * @param keys the configured keys, the first one signs; empty for the key kept in the data
   *     directory
   * @param lifetime how long a session lasts
   * @param secure whether cookies are for HTTPS only
   */
  public record Session(List<SessionKey> keys, Duration lifetime, boolean secure) {}

  /**
   * The report.
   *
   * @param allow the clients that may read it
   * @param timeout how long the flush before it may take
   */
  public record Report(CidrSet allow, Duration timeout) {}

  /**
   * The flush.
   *
   * @param threshold the queue's length that starts one
   * @param chunk how many attempts are read and written at once
   * @param maxAge for how long an attempt may wait about; zero for as long as it likes
   */
  public record Flush(int threshold, int chunk, Duration maxAge) {}

  /**
   * The same settings with other places for the data.
   *
   * @param redisUrl where Redis is
   * @param mysqlUrl where MySQL is
   */
  public Settings withStores(String redisUrl, String mysqlUrl) {
    return new Settings(
        http,
        accessLog,
        connections,
        management,
        dataDirectory,
        new Redis(
            Optional.of(redisUrl),
            redis.caFile(),
            redis.keyPrefix(),
            redis.timeout(),
            redis.copies(),
            redis.maxWaiting(),
            redis.recentBytes()),
        new MySql(Optional.of(mysqlUrl), mysql.caFile(), mysql.timeout(), mysql.localSlowLog()),
        thresholds,
        session,
        zone,
        contact,
        trustedProxies,
        ipv6Prefix,
        report,
        flush,
        warmUp,
        shutdown);
  }
}
