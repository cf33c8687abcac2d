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
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.mysql.DatabaseException;

/** What both stores must be like for counts to be right, and how to say what is wrong with them. */
final class StoreRequirements {

  private static final Logger LOG = LoggerFactory.getLogger(StoreRequirements.class);
  private static final long PATIENCE_SECONDS = 5;
  private static final String REDIS_URL = "sekisho.redis.url";
  private static final String MYSQL_URL = "sekisho.mysql.url";

  private StoreRequirements() {
  }

  /**
   * Checks Redis.
   *
   * @param vertx runs the connection
   * @param options where it is
   * @throws StartException when it can't be reached, or would lose counters
   */
  static void checkRedis(Vertx vertx, RedisOptions options) {
    Redis client = Redis.createClient(vertx, options);
    try {
      checkRedis(client.connect().compose(connection -> connection.send(Request.cmd(Command.INFO)))
          .await(PATIENCE_SECONDS, TimeUnit.SECONDS).toString());
    } catch (StartException e) {
      throw e;
    } catch (Exception e) {
      // The client throws checked exceptions undeclared.
      SocketAddress address = new RedisURI(options.getEndpoint()).socketAddress();
      throw new StartException("cannot use Redis at " + address + " (" + REDIS_URL + "): " + reason(e));
    } finally {
      client.close();
    }
  }

  private static void checkRedis(String info) {
    String role = field(info, "role");
    if (!role.isEmpty() && !role.equals("master")) {
      throw new StartException("Redis is a replica: point " + REDIS_URL + " to its master");
    }
    String policy = field(info, "maxmemory_policy");
    if (!policy.isEmpty() && !policy.equals("noeviction")) {
      throw new StartException("Redis has maxmemory-policy " + policy
          + ", which would drop counters and so unlock users: set it to noeviction");
    }
    if ("0".equals(field(info, "aof_enabled"))) {
      LOG.warn("Redis runs without appendonly: a crash of Redis loses answered attempts; set appendonly yes");
    }
  }

  /**
   * Checks MySQL.
   *
   * @param vertx runs the connection
   * @param options where it is
   * @throws StartException when it can't be reached or does not let us in
   */
  static void checkMySql(Vertx vertx, MySQLConnectOptions options) {
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

  private static String field(String info, String name) {
    return Arrays.stream(info.split("\r?\n"))
        .filter(line -> line.startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst().orElse("");
  }
}
