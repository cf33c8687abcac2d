package sekisho.redis;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.login.StoreUnavailableException;
import sekisho.redis.location.FixedLocation;
import sekisho.redis.location.RedisLocation;

/**
 * One pipelined connection to Redis that comes back by itself, and follows a Redis that moves to
 * another server. It lives on one event loop: make it and call it there.
 */
final class RedisLink {

  private static final Logger LOG = LoggerFactory.getLogger(RedisLink.class);
  private static final Duration FIRST_BACKOFF = Duration.ofMillis(20);
  private static final Duration LONGEST_BACKOFF = Duration.ofMillis(500);

  /**
   * How often it is asked whether Redis has moved: an old primary that nobody else reaches goes on
   * answering.
   */
  private static final Duration LOOK_FOR_MOVE = Duration.ofSeconds(2);

  private final Vertx vertx;
  private final Context context;
  private final RedisLocation location;
  private final int mostRequests;
  private final Duration timeout;
  private final Runnable onUp;
  private final Runnable onDown;
  private final Runnable onProblem;

  private @Nullable Redis client;
  private @Nullable RedisConnection connection;

  /** Where the present connection leads, or the last one led. */
  private String endpoint = "";

  private String address;
  private long moveTimer = -1;
  private Duration backoff = FIRST_BACKOFF;
  private boolean closed;
  private String problem = "Redis: not connected yet";

  /**
   * @param mostRequests how many commands may wait for their replies
   * @param timeout how long a command may take; one that takes longer ends the connection
   */
  RedisLink(
      Vertx vertx,
      RedisLocation location,
      int mostRequests,
      Duration timeout,
      Runnable onUp,
      Runnable onDown,
      Runnable onProblem) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.location = location;
    this.mostRequests = mostRequests;
    this.address = location.name();
    this.timeout = timeout;
    this.onUp = onUp;
    this.onDown = onDown;
    this.onProblem = onProblem;
  }

  /** Starts connecting, and keeps at it until {@link #close}. */
  void open() {
    connect();
    if (location.canMove()) {
      moveTimer = vertx.setPeriodic(LOOK_FOR_MOVE.toMillis(), timer -> followMove());
    }
  }

  /**
   * Sends a request.
   *
   * @return the reply; failed with Redis's error when it refuses it, else with {@link
   *     StoreUnavailableException}, after which it is not known whether Redis ran it
   */
  Future<Response> send(Request request) {
    RedisConnection current = connection;
    if (current == null) {
      return Future.failedFuture(new StoreUnavailableException(problem));
    }
    Future<Response> reply;
    try {
      reply = current.send(request);
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
    return reply
        .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
        .recover(
            error -> {
              if (RedisErrors.isReply(error)) {
                if (location.canMove() && RedisErrors.hasMoved(error)) {
                  lost(current, error);
                }
                return Future.failedFuture(error);
              }
              // Late replies would still come in order, but a connection that stalls is better
              // replaced than waited for.
              lost(current, error);
              return Future.failedFuture(
                  new StoreUnavailableException(RedisErrors.explain(error, address)));
            });
  }

  /** Why there is no connection, or was none the last time, with the address; one line. */
  String problem() {
    return problem;
  }

  /** What an error means, with the address; one line. */
  String explain(Throwable error) {
    return RedisErrors.explain(error, address);
  }

  /** Ends the link for good; commands under way fail. */
  void close() {
    closed = true;
    vertx.cancelTimer(moveTimer);
    if (connection != null) {
      lost(connection, null);
    }
  }

  private void connect() {
    if (closed) {
      return;
    }
    location.find(vertx).onSuccess(this::connect).onFailure(this::notConnected);
  }

  private void connect(RedisOptions found) {
    if (closed) {
      return;
    }
    endpoint = found.getEndpoint();
    address = FixedLocation.address(found);
    // A client of its own for each connection: closing a connection only gives it back to the
    // client's pool, and a later
    // connect would get the stalled one again.
    Redis client;
    try {
      client =
          Redis.createClient(vertx, new RedisOptions(found).setMaxWaitingHandlers(mostRequests));
    } catch (RuntimeException e) {
      problem = explain(e);
      retry();
      return;
    }
    client
        .connect()
        .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
        .onSuccess(established -> connected(client, established))
        .onFailure(
            error -> {
              client.close();
              notConnected(error);
            });
  }

  private void notConnected(Throwable error) {
    problem = explain(error);
    LOG.debug("no connection to Redis: {}", error.getMessage());
    onProblem.run();
    retry();
  }

  /** Asks whether Redis has moved to another server, and connects to that one then. */
  void followMove() {
    RedisConnection current = connection;
    if (current != null && location.canMove()) {
      location
          .find(vertx)
          .onSuccess(
              found -> {
                if (!found.getEndpoint().equals(endpoint)) {
                  lost(
                      current,
                      new StoreUnavailableException(
                          "Redis: moved to " + FixedLocation.address(found)));
                }
              });
    }
  }

  private void connected(Redis owner, RedisConnection established) {
    if (closed) {
      owner.close();
      return;
    }
    client = owner;
    connection = established;
    backoff = FIRST_BACKOFF;
    established.exceptionHandler(error -> lost(established, error));
    established.endHandler(end -> lost(established, null));
    try {
      onUp.run();
    } catch (RuntimeException | Error e) {
      lost(established, e);
    }
  }

  private void lost(RedisConnection which, @Nullable Throwable error) {
    // Both handlers fire on a loss, and a time-out may have come before them.
    if (connection != which) {
      return;
    }
    connection = null;
    problem =
        error == null ? "Redis: the connection to " + address + " was closed" : explain(error);
    if (!closed) {
      LOG.warn(
          "connection to Redis at {} lost{}; connecting again",
          address,
          error == null
              ? ""
              : " (" + Objects.requireNonNullElse(error.getMessage(), error.toString()) + ")");
    }
    try {
      if (client != null) {
        client.close();
      }
      onDown.run();
    } finally {
      retry();
    }
  }

  private void retry() {
    if (closed) {
      return;
    }
    Duration wait = backoff;
    backoff =
        backoff.multipliedBy(2).compareTo(LONGEST_BACKOFF) > 0
            ? LONGEST_BACKOFF
            : backoff.multipliedBy(2);
    vertx.setTimer(wait.toMillis(), timer -> context.runOnContext(run -> connect()));
  }
}
