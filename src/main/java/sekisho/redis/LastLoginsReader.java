package sekisho.redis;

import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.login.LastLogins;
import sekisho.login.StoreUnavailableException;
import sekisho.login.Success;

/**
 * Reads users' last two successes. Those asked for in one turn of the event loop are read with one
 * command. Belongs to one event loop.
 */
public final class LastLoginsReader {

  private static final Logger LOG = LoggerFactory.getLogger(LastLoginsReader.class);
  private static final int MAX_TOGETHER = 500;

  private final RedisLink link;
  private final Context context;
  private final String key;
  private final int maxWaiting;
  private final Consumer<String> onMalformed;
  private List<LookUp> gathering = new ArrayList<>();
  private int waiting;

  private record LookUp(long userId, Promise<Optional<LastLogins>> promise) {}

  /**
   * @param maxWaiting how many look-ups may be under way; more are refused
   * @param onMalformed gets where a value lies that this service did not write
   */
  LastLoginsReader(
      RedisLink link, Context context, String key, int maxWaiting, Consumer<String> onMalformed) {
    this.link = link;
    this.context = context;
    this.key = key;
    this.maxWaiting = maxWaiting;
    this.onMalformed = onMalformed;
  }

  /**
   * Reads one user's history; empty when the user never logged in; fails with {@link
   * StoreUnavailableException}.
   */
  Future<Optional<LastLogins>> read(long userId) {
    if (waiting >= maxWaiting) {
      return Future.failedFuture(new StoreUnavailableException("too many requests wait for Redis"));
    }
    waiting++;
    Promise<Optional<LastLogins>> promise = Promise.promise();
    gathering.add(new LookUp(userId, promise));
    if (gathering.size() == 1) {
      context.runOnContext(turn -> send());
    } else if (gathering.size() == MAX_TOGETHER) {
      send();
    }
    return promise.future();
  }

  private void send() {
    if (gathering.isEmpty()) {
      return;
    }
    List<LookUp> together = gathering;
    gathering = new ArrayList<>();
    Future<Response> replied;
    try {
      Request request = Request.cmd(Command.HMGET).arg(key);
      together.forEach(lookUp -> request.arg(lookUp.userId()));
      replied = link.send(request);
    } catch (RuntimeException | Error e) {
      replied = Future.failedFuture(e);
    }
    replied.onComplete(
        reply -> {
          waiting -= together.size();
          for (int i = 0; i < together.size(); i++) {
            answer(together.get(i), reply, i);
          }
        });
  }

  /**
   * What goes wrong with one look-up, here or where its answer is used, is no business of the
   * others.
   */
  private void answer(LookUp lookUp, AsyncResult<Response> reply, int index) {
    try {
      if (reply.failed()) {
        lookUp.promise().fail(RedisErrors.unavailable(reply.cause()));
        return;
      }
      Response value = reply.result().get(index);
      lookUp
          .promise()
          .complete(
              value == null
                  ? Optional.empty()
                  : Optional.of(LastLoginsValue.parse(value.toString())));
    } catch (MalformedRowException e) {
      onMalformed.accept("field " + lookUp.userId() + " of " + key + ": " + e.getMessage());
      lookUp.promise().tryFail(RedisErrors.unavailable(e));
    } catch (RuntimeException | Error e) {
      LOG.error("the last logins of a user were not answered: {}", e.toString());
      lookUp.promise().tryFail(RedisErrors.unavailable(e));
    }
  }

  /**
   * The form of a user's last two successes in Redis, as {@code decide.lua} writes it: milliseconds
   * since 1970 and address of the newest one, then, if there is one, those of the one before it;
   * separated by spaces.
   */
  public static final class LastLoginsValue {

    private LastLoginsValue() {}

    /**
     * Reads a value.
     *
     * @param value the text
     * @throws MalformedRowException when it is not such a value
     */
    public static LastLogins parse(String value) throws MalformedRowException {
      String[] fields = value.split(" ", -1);
      if (fields.length != 2 && fields.length != 4) {
        throw new MalformedRowException(
            "last logins have " + fields.length + " fields instead of 2 or 4");
      }
      try {
        return new LastLogins(
            success(fields, 0),
            fields.length == 2 ? Optional.empty() : Optional.of(success(fields, 2)));
      } catch (NumberFormatException e) {
        throw new MalformedRowException("last logins have no valid time");
      }
    }

    /**
     * Writes a value.
     *
     * @param logins the history
     */
    public static String format(LastLogins logins) {
      return format(logins.newest())
          + logins.previous().map(previous -> " " + format(previous)).orElse("");
    }

    private static String format(Success success) {
      return success.at().toEpochMilli() + " " + success.address();
    }

    private static Success success(String[] fields, int index) {
      return new Success(Instant.ofEpochMilli(Long.parseLong(fields[index])), fields[index + 1]);
    }
  }
}
