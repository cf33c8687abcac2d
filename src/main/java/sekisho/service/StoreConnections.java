package sekisho.service;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.mysqlclient.MySQLConnection;
import io.vertx.mysqlclient.MySQLException;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.impl.RedisURI;
import java.io.FileNotFoundException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import sekisho.mysql.DatabaseException;

/** Tries to connect to both stores, and says in one line why that fails. */
final class StoreConnections {

  private static final long PATIENCE_SECONDS = 5;
  private static final String REDIS_URL = "sekisho.redis.url";
  private static final String MYSQL_URL = "sekisho.mysql.url";

  private StoreConnections() {
  }

  /**
   * Tries Redis.
   *
   * @param vertx runs the connection
   * @param options where it is
   * @throws StartException when it can't be reached or does not let us in
   */
  static void tryRedis(Vertx vertx, RedisOptions options) {
    Redis client = Redis.createClient(vertx, options);
    try {
      client.connect().compose(connection -> connection.send(Request.cmd(Command.INFO)))
          .await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (Throwable e) {
      // The client throws what is no Exception, undeclared, for an error that Redis answered with.
      SocketAddress address = new RedisURI(options.getEndpoint()).socketAddress();
      throw new StartException("cannot use Redis at " + address + " (" + REDIS_URL + "): " + reason(e));
    } finally {
      client.close();
    }
  }

  /**
   * Tries MySQL.
   *
   * @param vertx runs the connection
   * @param options where it is
   * @throws StartException when it can't be reached or does not let us in
   */
  static void tryMySql(Vertx vertx, MySQLConnectOptions options) {
    String address = options.isUsingDomainSocket() ? options.getHost() : options.getHost() + ":" + options.getPort();
    Future<MySQLConnection> connecting = MySQLConnection.connect(vertx, options);
    try {
      connecting.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      // The client throws checked exceptions undeclared.
      throw new StartException("cannot use MySQL at " + address + " (" + MYSQL_URL + "): " + reason(e));
    } finally {
      connecting.onSuccess(MySQLConnection::close);
    }
  }

  /** What went wrong, without the client's own wrappings. */
  private static String reason(Throwable error) {
    if (error instanceof MySQLException refused) {
      return DatabaseException.wordsOf(refused);
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
    return error instanceof ConnectException && message.contains("Connection refused") ? "nobody listens there" : message;
  }
}
