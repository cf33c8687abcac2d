package sekisho.redis.location;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import sekisho.login.StoreUnavailableException;

/**
 * Asks several servers where a primary is. All are asked at once and the answer with the highest
 * configuration epoch counts: a server on the wrong side of a partition goes on naming the old
 * primary, with an older epoch. Thread-safe.
 */
final class NameServers {

  /** One that stands still must not hold up a failover for long. */
  private static final Duration LIMIT = Duration.ofSeconds(1);

  private static final String NEEDS_PASSWORD = "NOAUTH";

  private final RedisOptions template;
  private final NameServiceUrl url;

  /**
   * A primary as one server knows it.
   *
   * @param address host and port
   * @param epoch the configuration epoch since which it is one
   */
  record Primary(String address, long epoch) {}

  /** What is asked of each server. */
  interface Question {

    /** The commands, sent together. */
    List<Request> commands();

    /**
     * Reads the replies.
     *
     * @param server host and port of the one that was asked
     * @return empty when this server knows no primary
     */
    Optional<Primary> read(String server, List<Response> replies);
  }

  private record Answer(String server, @Nullable Primary primary, String problem) {}

  /**
   * @param template how to connect to any server, but for its URL
   */
  NameServers(RedisOptions template, NameServiceUrl url) {
    this.template = template;
    this.url = url;
  }

  /**
   * Asks.
   *
   * @param servers host and port of each, at least one
   * @param what the primary's name in messages
   * @return how to connect to the primary
   */
  Future<RedisOptions> ask(
      Vertx vertx, Collection<String> servers, Question question, String what) {
    List<Future<Answer>> answers = new ArrayList<>();
    servers.forEach(server -> answers.add(ask(vertx, server, question)));
    return Future.all(answers).compose(all -> choose(all.list(), what));
  }

  private Future<RedisOptions> choose(List<Answer> answers, String what) {
    return answers.stream()
        .map(Answer::primary)
        .filter(Objects::nonNull)
        .max(Comparator.comparingLong(Primary::epoch))
        .map(primary -> Future.succeededFuture(options(url.primaryUrl(primary.address()), true)))
        .orElseGet(
            () ->
                Future.failedFuture(
                    new StoreUnavailableException(
                        "Redis: "
                            + what
                            + " is not known: "
                            + answers.stream()
                                .map(answer -> answer.server() + " " + answer.problem())
                                .collect(Collectors.joining(", ")))));
  }

  private Future<Answer> ask(Vertx vertx, String server, Question question) {
    // Sentinels often have no password where the servers that they watch have one.
    return ask(vertx, server, question, false)
        .recover(
            error ->
                String.valueOf(error.getMessage()).startsWith(NEEDS_PASSWORD) && url.hasPassword()
                    ? ask(vertx, server, question, true)
                    : Future.failedFuture(error))
        .map(
            replies ->
                question
                    .read(server, replies)
                    .map(primary -> new Answer(server, primary, ""))
                    .orElseGet(() -> new Answer(server, null, "knows none")))
        .otherwise(error -> new Answer(server, null, reason(error)));
  }

  private Future<List<Response>> ask(Vertx vertx, String server, Question question, boolean login) {
    Redis client;
    try {
      client = Redis.createClient(vertx, options(url.serverUrl(server, login), login));
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
    return client
        .connect()
        .compose(
            connection ->
                Future.all(question.commands().stream().map(connection::send).toList())
                    .map(all -> all.<Response>list()))
        .timeout(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
        .onComplete(asked -> client.close());
  }

  private RedisOptions options(String endpoint, boolean login) {
    return new RedisOptions(template)
        .setEndpoints(List.of(endpoint))
        .setProtocolNegotiation(login && url.hasPassword());
  }

  private static String reason(Throwable error) {
    if (error instanceof TimeoutException) {
      return "does not answer";
    }
    if (error instanceof UnknownHostException) {
      return "is an unknown host";
    }
    if (error instanceof ConnectException) {
      return "listens to nobody";
    }
    return "answers " + Objects.requireNonNullElse(error.getMessage(), error.toString());
  }
}
