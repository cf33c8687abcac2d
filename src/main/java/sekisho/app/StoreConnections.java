package sekisho.app;

import io.netty.handler.ssl.NotSslRecordException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.mysqlclient.MySQLConnection;
import io.vertx.mysqlclient.MySQLException;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import java.io.FileNotFoundException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import sekisho.login.StoreUnavailableException;
import sekisho.mysql.DatabaseException;
import sekisho.net.HostPort;
import sekisho.redis.RedisAclCheck;
import sekisho.redis.RedisErrors;
import sekisho.redis.location.RedisLocation;
import sekisho.redis.location.RedisUrl;

/** Tries to connect to both stores, and says in one line why that fails. */
final class StoreConnections {

  private static final long PATIENCE_SECONDS = 5;

  /** ER_HANDSHAKE_ERROR: what a server without TLS answers to who asks for it. */
  private static final int MYSQL_HANDSHAKE_ERROR = 1043;

  /** ER_DBACCESS_DENIED_ERROR: the account has no right in the database, if there is one. */
  private static final int MYSQL_NO_DATABASE_RIGHT = 1044;

  private static final String RIGHTS = "; docs/rights.md lists all rights that are needed";
  private static final String REDIS_URL = "sekisho.redis.url";
  private static final String REDIS_CA = "sekisho.redis.ca-file";
  private static final String MYSQL_URL = "sekisho.mysql.url";
  private static final String MYSQL_CA = "sekisho.mysql.ca-file";

  private StoreConnections() {}

  /**
   * Tries Redis.
   *
   * @param vertx runs the connection
   * @param location where it is
   * @param keyPrefix what all keys of the service begin with
   * @param waits whether attempts wait for replicas
   * @throws StartException when it can't be reached, does not let us in, or the user may not do all
   *     that the service does
   */
  static void tryRedis(Vertx vertx, RedisLocation location, String keyPrefix, boolean waits) {
    RedisOptions options;
    try {
      options = location.find(vertx).await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException | StoreUnavailableException e) {
      throw new StartException(
          "cannot use Redis ("
              + REDIS_URL
              + "): "
              + Objects.requireNonNullElse(e.getMessage(), location.name() + " is not known")
                  .replaceFirst("^Redis: ", ""));
    }
    Redis client = Redis.createClient(vertx, options);
    RedisUrl url = RedisUrl.parse(options.getEndpoint());
    List<String> missing;
    try {
      missing =
          client
              .connect()
              .compose(connection -> RedisAclCheck.missing(connection, keyPrefix, waits))
              .await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (Throwable e) {
      // The client throws what is no Exception, undeclared, for an error that Redis answered with.
      throw new StartException(
          "cannot use Redis at "
              + address(url)
              + " ("
              + REDIS_URL
              + "): "
              + reason(e, REDIS_CA)
              + hint(e, url));
    } finally {
      client.close();
    }
    if (!missing.isEmpty()) {
      throw new StartException(
          "cannot use Redis at "
              + address(url)
              + " ("
              + REDIS_URL
              + "): the user lacks "
              + String.join(" ", missing)
              + " (ACL SETUSER)"
              + RIGHTS);
    }
  }

  /**
   * Tries the servers of MySQL, one after the other.
   *
   * @param vertx runs the connections
   * @param servers where they are
   * @throws StartException when none of them can be reached and lets us in
   */
  static void tryMySql(Vertx vertx, List<MySQLConnectOptions> servers) {
    List<String> problems = new ArrayList<>();
    for (MySQLConnectOptions server : servers) {
      try {
        tryMySql(vertx, server);
        return;
      } catch (StartException e) {
        problems.add(e.getMessage());
      }
    }
    throw new StartException(String.join("; ", problems));
  }

  private static void tryMySql(Vertx vertx, MySQLConnectOptions options) {
    String address =
        options.isUsingDomainSocket()
            ? options.getHost()
            : HostPort.text(options.getHost(), options.getPort());
    Future<MySQLConnection> connecting = MySQLConnection.connect(vertx, options);
    try {
      connecting.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      // The client throws checked exceptions undeclared.
      throw new StartException(
          "cannot use MySQL at " + address + " (" + MYSQL_URL + "): " + reason(e, MYSQL_CA));
    } finally {
      connecting.onSuccess(MySQLConnection::close);
    }
  }

  private static String address(RedisUrl url) {
    SocketAddress address = url.address();
    return address.isDomainSocket()
        ? address.path()
        : HostPort.text(address.host(), address.port());
  }

  /**
   * A server that expects TLS closes a plain connection; one that does not expect it never answers
   * a TLS handshake.
   */
  private static String hint(Throwable error, RedisUrl url) {
    if (url.ssl()) {
      return error instanceof TimeoutException
          ? "; perhaps it does not speak TLS there, as rediss:// says"
          : "";
    }
    String message = String.valueOf(error.getMessage());
    boolean cut =
        message.contains("reset by peer")
            || message.contains("closed")
            || message.contains("CLOSED");
    return cut && !url.isUnixSocket()
        ? "; if it speaks TLS there, let the URL begin with rediss://"
        : "";
  }

  /** What went wrong, without the client's own wrappings. */
  private static String reason(Throwable error, String caSetting) {
    Optional<String> tls = TlsProblem.in(error, caSetting);
    if (tls.isPresent()) {
      return tls.get();
    }
    if (error instanceof MySQLException refused) {
      return DatabaseException.wordsOf(refused)
          + switch (refused.getErrorCode()) {
            case MYSQL_HANDSHAKE_ERROR -> "; perhaps it does not speak TLS, as sslMode says";
            case MYSQL_NO_DATABASE_RIGHT -> RIGHTS;
            default -> "";
          };
    }
    if (error instanceof TimeoutException) {
      return "no answer within " + PATIENCE_SECONDS + " s";
    }
    if (error instanceof FileNotFoundException) {
      return "there is no such socket";
    }
    if (error instanceof UnknownHostException) {
      return "unknown host";
    }
    String message = Objects.requireNonNullElse(error.getMessage(), error.toString());
    Optional<String> advice =
        RedisErrors.isOfClient(error) ? RedisErrors.advice(message) : Optional.empty();
    if (advice.isPresent()) {
      return "it " + advice.get() + " (" + message + ")";
    }
    return error instanceof ConnectException && message.contains("Connection refused")
        ? "nobody listens there"
        : message;
  }

  /** Says why TLS failed, in words that lead to what has to be changed. */
  static final class TlsProblem {

    private TlsProblem() {}

    /**
     * Looks for a failure of TLS among an error's causes.
     *
     * @param error any error
     * @param caSetting the setting that names trusted authorities
     * @return the words, empty when it was not TLS that failed
     */
    static Optional<String> in(Throwable error, String caSetting) {
      String words = null;
      // The deepest cause is the most telling.
      for (Throwable cause = error; cause != null; cause = cause.getCause()) {
        String told = words(cause, caSetting);
        words = told == null ? words : told;
      }
      return Optional.ofNullable(words);
    }

    private static @Nullable String words(Throwable cause, String caSetting) {
      if (cause instanceof NotSslRecordException) {
        return "it does not speak TLS there";
      }
      if (cause instanceof CertificateExpiredException
          || cause instanceof CertificateNotYetValidException) {
        return "its certificate is not valid now: renew it, or set the clock of this machine";
      }
      if (cause instanceof CertPathBuilderException
          || cause instanceof CertPathValidatorException) {
        return "its certificate is not signed by a trusted authority: set "
            + caSetting
            + " to the certificate of its authority";
      }
      if (cause instanceof CertificateException) {
        // The other reasons have types of their own.
        return "its certificate is for another host (" + cause.getMessage() + ")";
      }
      return cause instanceof SSLException ? "TLS failed (" + cause.getMessage() + ")" : null;
    }
  }
}
