package sekisho.verify;

import static sekisho.redis.BlockingRedis.request;

import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import sekisho.login.StoreUnavailableException;
import sekisho.redis.BlockingRedis;
import sekisho.redis.RedisKeys;

/**
 * Reads all counters and the queue, of any size, in steps that keep Redis busy for a millisecond or
 * so. Each step is atomic and comes with the sequence number as of which it is true, so attempts
 * may go on in between. Calls block. Not thread-safe.
 */
final class RedisScan {

  /** Fields or rows of one step. */
  private static final int PAGE = 1_000;

  private final BlockingRedis redis;
  private final RedisKeys keys;
  private final State began;
  private long sequence;

  /**
   * What Redis says of itself.
   *
   * @param epoch the history it holds; empty for none, as while a recovery barrier or a repair is
   *     under way
   * @param sequence the number of the newest attempt, 0 where it is none
   * @param sequenceText the same as it stands there, empty for none
   * @param flushed the highest number that MySQL was seen to have
   * @param paused the epoch that waits for the end of a recovery barrier, else empty
   * @param last the last row of the queue; null for none
   */
  record State(
      String epoch, long sequence, String sequenceText, long flushed, String paused, byte[] last) {}

  /** Gets a field of a hash. */
  interface Field {

    /**
     * Takes the field.
     *
     * @param number the newest attempt that is counted in it
     */
    void accept(String name, String value, long number);
  }

  /** Begins a scan of what Redis holds from now on. */
  RedisScan(BlockingRedis redis, RedisKeys keys) {
    this.redis = redis;
    this.keys = keys;
    this.began = state(redis, keys);
    this.sequence = began.sequence();
  }

  /** Reads the state. */
  static State state(BlockingRedis redis, RedisKeys keys) {
    List<Response> replies =
        atomically(
            redis,
            request(Command.HMGET, keys.state(), "generation", "sequence", "flushed", "paused"),
            request(Command.LINDEX, keys.queue(), -1));
    Response state = replies.get(0);
    Response last = replies.get(1);
    return new State(
        text(state.get(0)),
        number(state.get(1)),
        text(state.get(1)),
        number(state.get(2)),
        text(state.get(3)),
        last == null ? null : last.toBytes());
  }

  /** The state at the begin. */
  State began() {
    return began;
  }

  /** The number of the newest attempt as of the newest step. */
  long sequence() {
    return sequence;
  }

  /**
   * Reads a hash. A field that was there all the time is given at least once; one that came or went
   * meanwhile, perhaps.
   */
  void hash(String key, Field field) {
    String cursor = "0";
    do {
      Response page = step(request(Command.HSCAN, key, cursor, "COUNT", PAGE)).get(0);
      cursor = page.get(0).toString();
      Response fields = page.get(1);
      for (int i = 0; i + 1 < fields.size(); i += 2) {
        field.accept(fields.get(i).toString(), fields.get(i + 1).toString(), sequence);
      }
    } while (!cursor.equals("0"));
  }

  /**
   * Reads the rows of the queue that were appended up to the newest step before this call, oldest
   * first. What a flush removes before it is read is left out; MySQL has it by then.
   */
  void queue(Consumer<byte[]> row) {
    // Each attempt appends one row and raises the sequence number by one, and a flush removes rows
    // at the head. So a row's distance
    // from the newest one, taken off the sequence number, stays the same as long as the row is
    // there.
    long end = sequence;
    long next = Long.MIN_VALUE;
    long from = 0;
    while (true) {
      List<Response> replies =
          step(
              request(Command.LLEN, keys.queue()),
              request(Command.LRANGE, keys.queue(), from, from + PAGE - 1));
      long head = sequence - replies.get(0).toLong();
      next = Math.max(next, head);
      if (next == head + from) {
        Response rows = replies.get(1);
        for (Response each : rows) {
          if (next++ >= end) {
            return;
          }
          row.accept(each.toBytes());
        }
        if (rows.size() == 0) {
          return;
        }
      }
      from = next - head;
    }
  }

  private List<Response> step(Request... requests) {
    Request[] all = new Request[requests.length + 1];
    all[0] = request(Command.HMGET, keys.state(), "generation", "sequence");
    System.arraycopy(requests, 0, all, 1, requests.length);
    List<Response> replies = atomically(redis, all);
    if (!text(replies.get(0).get(0)).equals(began.epoch())) {
      throw new StoreUnavailableException(
          "Redis was repaired or replaced meanwhile: compare again");
    }
    sequence = number(replies.get(0).get(1));
    return replies.subList(1, replies.size());
  }

  private static List<Response> atomically(BlockingRedis redis, Request... requests) {
    List<Request> all = new ArrayList<>();
    all.add(request(Command.MULTI));
    all.addAll(List.of(requests));
    all.add(request(Command.EXEC));
    List<Response> replies = redis.send(all);
    List<Response> results = new ArrayList<>();
    for (Response result : replies.get(replies.size() - 1)) {
      if (result != null && result.type() == ResponseType.ERROR) {
        throw new StoreUnavailableException("Redis: " + result);
      }
      results.add(result);
    }
    return results;
  }

  /** What is no number counts as 0. */
  private static long number(Response reply) {
    try {
      return Long.parseLong(text(reply));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static String text(Response reply) {
    return reply == null ? "" : reply.toString();
  }
}
