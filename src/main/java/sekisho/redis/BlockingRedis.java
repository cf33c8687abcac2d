package sekisho.redis;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import sekisho.login.StoreUnavailableException;
import sekisho.redis.location.FixedLocation;
import sekisho.redis.location.RedisLocation;

/**
 * Redis for work in the background: calls block, and must not be made from an event loop. Connects
 * when it is first used, and again after a failure or when Redis has moved to another server.
 * Thread-safe: calls of several threads take turns.
 */
public final class BlockingRedis implements AutoCloseable {

  private final Vertx vertx;
  private final RedisLocation location;
  private final Duration timeout;
  private String address;
  private String endpoint = "";
  private @Nullable Redis client;
  private @Nullable RedisConnection connection;

  /** Set by the event loop when the connection ends, which must not wait for this object's lock. */
  private AtomicBoolean ended = new AtomicBoolean();

  /**
   * Makes a backend that is not connected.
   *
   * @param vertx runs the connection
   * @param location where Redis is
   * @param timeout how long one command may take
   */
  public BlockingRedis(Vertx vertx, RedisLocation location, Duration timeout) {
    this.vertx = vertx;
    this.location = location;
    this.address = location.name();
    this.timeout = timeout;
  }

  /**
   * Sends one command.
   *
   * @param request the command
   * @return the reply, null for a null reply
   * @throws StoreUnavailableException when Redis can't be reached or refuses
   */
  public Response send(Request request) {
    return call(timeout, connected -> connected.send(request));
  }

  /**
   * Sends commands together.
   *
   * @param requests the commands, not empty
   * @return the replies in their order
   * @throws StoreUnavailableException when Redis can't be reached or refuses one
   */
  public List<Response> send(List<Request> requests) {
    return send(timeout, requests);
  }

  /**
   * Sends commands together whose replies are large.
   *
   * @param limit how long they may take
   * @param requests the commands, not empty
   * @return the replies in their order
   * @throws StoreUnavailableException when Redis can't be reached or refuses one
   */
  public List<Response> send(Duration limit, List<Request> requests) {
    return call(limit, connected -> connected.batch(requests));
  }

  /**
   * Runs a script.
   *
   * @param request made by {@link LuaScript#call}
   * @throws StoreUnavailableException when Redis can't be reached or refuses
   */
  public Response run(LuaScript script, Request request) {
    return call(timeout, connected -> script.run(connected::send, request));
  }

  /**
   * Looks whether Redis has moved to another server, to which the next command goes then. Redis
   * itself does not tell: an old primary that nobody else reaches goes on answering.
   *
   * @throws StoreUnavailableException when nobody knows where it is
   */
  public synchronized void followMove() {
    if (connection == null || !location.canMove()) {
      return;
    }
    try {
      if (!await(location.find(vertx), timeout).getEndpoint().equals(endpoint)) {
        close();
      }
    } catch (TimeoutException e) {
      throw new StoreUnavailableException("Redis: " + location.name() + " is not known");
    }
  }

  @Override
  public synchronized void close() {
    if (client != null) {
      client.close();
      client = null;
      connection = null;
    }
  }

  private synchronized <T> T call(Duration limit, Function<RedisConnection, Future<T>> command) {
    try {
      if (connection != null && ended.get()) {
        close();
      }
      if (connection == null) {
        connect();
      }
      return await(command.apply(connection), limit);
    } catch (Throwable e) {
      // The client throws undeclared what is no RuntimeException; Redis's own errors are not even
      // an Exception.
      if (!RedisErrors.isReply(e) || location.canMove() && RedisErrors.hasMoved(e)) {
        close();
      }
      throw new StoreUnavailableException(RedisErrors.explain(e, address));
    }
  }

  private void connect() throws TimeoutException {
    RedisOptions found = await(location.find(vertx), timeout);
    endpoint = found.getEndpoint();
    address = FixedLocation.address(found);
    client = Redis.createClient(vertx, found);
    connection = await(client.connect(), timeout);
    AtomicBoolean thisEnded = new AtomicBoolean();
    ended = thisEnded;
    connection.endHandler(end -> thisEnded.set(true));
    connection.exceptionHandler(error -> thisEnded.set(true));
  }

  private static <T> T await(Future<T> future, Duration limit) throws TimeoutException {
    return future.await(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Makes a command of words.
   *
   * @param arguments its arguments as text
   */
  public static Request request(Command command, Object... arguments) {
    Request request = Request.cmd(command);
    for (Object argument : arguments) {
      request.arg(argument.toString());
    }
    return request;
  }
}
