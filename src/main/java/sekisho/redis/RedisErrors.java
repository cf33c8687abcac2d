package sekisho.redis;

import io.vertx.redis.client.Response;
import java.io.FileNotFoundException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import sekisho.login.StoreUnavailableException;

/**
 * Tells an error that Redis answered from a failure to get an answer, and says what to do about
 * either.
 */
public final class RedisErrors {

  private static final Pattern MOVED = Pattern.compile("\\bMOVED \\d+ (\\S+)");

  /**
   * By the code that an error begins with; scripts quote it in the middle of what they fail with.
   */
  private static final Map<String, String> ADVICE = new LinkedHashMap<>();

  static {
    ADVICE.put(
        "CLUSTERDOWN",
        "is a node of a Redis Cluster that is down: sekisho.redis.url needs one that serves the slot of its keys");
    ADVICE.put(
        "ASK", "is handing the slot of the keys to another node of its Cluster: wait until it has");
    ADVICE.put(
        "TRYAGAIN",
        "is handing the slot of the keys to another node of its Cluster: wait until it has");
    ADVICE.put(
        "CROSSSLOT",
        "is a node of a Redis Cluster: let sekisho.redis.key-prefix hold a hash tag, such as {sekisho}:");
    ADVICE.put(
        "NOAUTH",
        "wants a password: write it into sekisho.redis.url, as redis://user:password@host:port");
    ADVICE.put("WRONGPASS", "does not accept the name or password in sekisho.redis.url");
    ADVICE.put(
        "NOPERM",
        "forbids the user of sekisho.redis.url what the service needs: grant the rights that docs/rights.md lists");
    ADVICE.put(
        "DENIED",
        "lets nobody in from another machine (protected mode): set a password there and in sekisho.redis.url");
    ADVICE.put("LOADING", "still reads its data: wait until it has");
    ADVICE.put(
        "READONLY", "is a replica, which takes no writes: point sekisho.redis.url to its primary");
    ADVICE.put(
        "MASTERDOWN", "is a replica without its primary: point sekisho.redis.url to the primary");
    ADVICE.put(
        "NOREPLICAS", "has fewer replicas than its min-replicas-to-write demands: bring them back");
    ADVICE.put("MISCONF", "cannot write its data to disk: free its disk, or see its log");
    ADVICE.put("OOM", "has used up its maxmemory: raise it");
    ADVICE.put("BUSY", "is busy with somebody's script: end it with SCRIPT KILL");
    ADVICE.put(
        "WRONGTYPE",
        "has a key of another type under the name of one of the service's: rename or delete it");
    ADVICE.put(
        "max number of clients reached", "has as many clients as its maxclients allows: raise it");
  }

  private RedisErrors() {}

  /** Whether Redis itself answered with this error: then the command has had no effect. */
  static boolean isReply(Throwable error) {
    return isOfClient(error)
        && !hasCode(error, "CONNECTION_CLOSED")
        && !hasCode(error, "ILLEGAL_STATE");
  }

  /**
   * Whether the error is a reply of Redis, or one of the client's own errors, which have the same
   * type.
   */
  public static boolean isOfClient(Throwable error) {
    return error instanceof Response;
  }

  private static boolean hasCode(Throwable error, String code) {
    String message = String.valueOf(error.getMessage());
    return message.startsWith(code)
        && (message.length() == code.length() || message.charAt(code.length()) == ' ');
  }

  /** What the callers of a store are told of any failure. */
  static StoreUnavailableException unavailable(Throwable error) {
    return error instanceof StoreUnavailableException known
        ? known
        : new StoreUnavailableException(
            Objects.requireNonNullElse(error.getMessage(), error.toString()));
  }

  /** Whether Redis answered with an error of this code, such as NOSCRIPT. */
  static boolean is(Throwable error, String code) {
    return isReply(error) && hasCode(error, code);
  }

  /**
   * Whether another server has the keys or takes the writes by now, so that it must be found again.
   */
  static boolean hasMoved(Throwable error) {
    return mentions(error, "MOVED") || mentions(error, "READONLY");
  }

  /** Whether Redis answered with an error of this code, or a script with one that quotes it. */
  static boolean mentions(Throwable error, String code) {
    return isReply(error) && contains(String.valueOf(error.getMessage()), code);
  }

  /**
   * Says what an error that Redis answered means, where that is known.
   *
   * @param message the error, such as {@code MOVED 494 10.0.0.1:6379}
   * @return what is wrong with the Redis, as the end of a sentence that begins with its address
   */
  public static Optional<String> advice(String message) {
    Matcher moved = MOVED.matcher(message);
    if (moved.find()) {
      return Optional.of(
          "is a node of a Redis Cluster that does not own the slot of the keys: let sekisho.redis.url begin with redis-cluster:// "
              + "so that its owner is found, now "
              + moved.group(1));
    }
    return ADVICE.entrySet().stream()
        .filter(entry -> contains(message, entry.getKey()))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  /**
   * Says in one line why Redis can't be used.
   *
   * @param error any failure of the client
   * @param address where the Redis is, for people
   * @return begins with {@code Redis: }, unless the error says that itself
   */
  static String explain(Throwable error, String address) {
    String message = Objects.requireNonNullElse(error.getMessage(), error.toString());
    if (error instanceof StoreUnavailableException) {
      return message;
    }
    if (isReply(error)) {
      return "Redis: "
          + address
          + " "
          + advice(message)
              .map(advice -> advice + " (" + message + ")")
              .orElse("answers " + message);
    }
    if (error instanceof TimeoutException || message.contains("timed out")) {
      return "Redis: no answer from " + address;
    }
    if (error instanceof FileNotFoundException || error instanceof ConnectException) {
      return "Redis: nothing listens on " + address;
    }
    if (error instanceof UnknownHostException) {
      return "Redis: unknown host " + address;
    }
    return isOfClient(error) || message.contains("closed") || message.contains("reset by peer")
        ? "Redis: the connection to " + address + " was closed"
        : "Redis: " + address + ": " + message;
  }

  private static boolean contains(String message, String code) {
    int at = message.indexOf(code);
    return at >= 0
        && (at == 0 || !Character.isLetterOrDigit(message.charAt(at - 1)))
        && (at + code.length() == message.length()
            || !Character.isLetterOrDigit(message.charAt(at + code.length())));
  }
}
