package sekisho.redis;

import static sekisho.redis.BlockingRedis.request;

import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import sekisho.login.HistoryEntry;
import sekisho.login.RecordedAttempt;
import sekisho.login.StoreFormat;

/**
 * The attempts in Redis that wait for MySQL, oldest first, and the state beside them. Calls block.
 * Thread-safe.
 */
public final class LoginQueue {

  private static final LuaScript TRIM = LuaScript.named("trim.lua");
  private static final LuaScript APPEND = LuaScript.named("append.lua");

  /** Attempts wait while a script runs: so many rows take a millisecond or two. */
  private static final int TRIMMED_AT_ONCE = 5_000;

  private static final long LONGEST_STEP = 1L << 32;

  private final BlockingRedis redis;
  private final RedisKeys keys;

  /**
   * What Redis says of itself.
   *
   * @param epoch the history it holds, empty when it holds none that attempts are accepted for
   * @param sequence the number of the newest attempt, 0 for none
   * @param directory the version of the user directory, empty before the first reload
   * @param flushed the highest number that MySQL was seen to have when the queue was trimmed, 0 for
   *     none
   * @param runId the run_id of the Redis that attempts were last accepted by, empty when a recovery
   *     barrier is due
   * @param paused the epoch whose counters wait for the end of a recovery barrier, else empty
   * @param format the format version, 0 where it does not say
   * @param allowed another text after each change of the allow-list, empty for none
   * @param server the Redis that all this was read from
   */
  public record State(
      String epoch,
      long sequence,
      String directory,
      long flushed,
      String runId,
      String paused,
      long format,
      String allowed,
      RedisServerCheck server) {}

  /**
   * A part of the queue.
   *
   * @param rows the rows, oldest first, byte for byte
   * @param state the state, read after the rows
   */
  public record Rows(List<byte[]> rows, State state) {}

  public LoginQueue(BlockingRedis redis, RedisKeys keys) {
    this.redis = redis;
    this.keys = keys;
  }

  /** Reads the state. */
  public State state() {
    List<Response> replies = redis.send(List.of(readState(), RedisServerCheck.request()));
    return state(replies.get(0), replies.get(1));
  }

  /**
   * Counts the attempts that wait.
   *
   * @return the length, at least 0
   */
  public long length() {
    return redis.send(request(Command.LLEN, keys.queue())).toLong();
  }

  /**
   * Reads rows and leaves them where they are. The state is that of the same Redis: the commands go
   * over one connection.
   *
   * @param from how many rows to skip, 0 for the oldest row
   * @param limit how many to read at most, at least 1
   * @return the rows in their order
   */
  public Rows read(long from, int limit) {
    List<Response> replies =
        redis.send(
            List.of(
                request(Command.LRANGE, keys.queue(), from, from + limit - 1),
                readState(),
                RedisServerCheck.request()));
    List<byte[]> rows = new ArrayList<>(replies.get(0).size());
    replies.get(0).forEach(row -> rows.add(row.toBytes()));
    return new Rows(rows, state(replies.get(1), replies.get(2)));
  }

  /**
   * Removes what MySQL has; nothing when Redis holds another epoch by now.
   *
   * @param seen the state with the rows
   * @param watermark the highest sequence number in MySQL
   * @param outliers rows to remove that their number does not tell, byte for byte
   */
  public void trim(State seen, long watermark, List<byte[]> outliers) {
    trim(seen, watermark, 0, new byte[0], outliers);
  }

  /**
   * Removes what MySQL has, at once if the rows that were read are still in their place; nothing
   * when Redis holds another epoch by now, in which the same numbers may be those of other
   * attempts.
   *
   * @param seen the state with the rows
   * @param watermark the highest sequence number in MySQL
   * @param read how many rows were read from the head, of which MySQL has all; 0 where that is not
   *     so
   * @param last the last one of them, an attempt
   * @param outliers rows to remove that their number does not tell, byte for byte
   */
  public void trim(State seen, long watermark, long read, byte[] last, List<byte[]> outliers) {
    Response trimmed = trim(seen, watermark, 0, read, last, outliers);
    while (trimmed.get(0).toLong() >= TRIMMED_AT_ONCE) {
      trimmed = trim(seen, watermark, trimmed.get(1).toLong(), 0, new byte[0], List.of());
    }
  }

  /** Writes the format version into a state that has none, or an older one. */
  public void writeFormat() {
    redis.send(request(Command.HSET, keys.state(), "format", StoreFormat.CURRENT));
  }

  /**
   * Reads attempts and acts from the newest to the oldest; others may append and trim meanwhile.
   * What is neither is left out, and what was appended while reading may be read twice.
   *
   * @param page how many rows are read at once, at least 1
   * @param more gets the entries of a page in their order, at least one, and says whether to go on
   */
  public void readBackwards(int page, Predicate<List<HistoryEntry>> more) {
    for (long end = -1; ; end -= page) {
      Response rows = redis.send(request(Command.LRANGE, keys.queue(), end - page + 1, end));
      List<HistoryEntry> entries = new ArrayList<>(rows.size());
      rows.forEach(row -> QueueRow.entry(row.toBytes()).ifPresent(entries::add));
      if (rows.size() == 0 || !entries.isEmpty() && !more.test(entries)) {
        return;
      }
    }
  }

  /**
   * Appends attempts that Redis had lost; only while the epoch fence is closed.
   *
   * @param after the sequence number that Redis holds; fails if it holds another one by now
   * @param attempts with rising numbers above all that were given out, not empty
   */
  public void append(long after, List<RecordedAttempt> attempts) {
    Request call =
        APPEND
            .call(List.of(keys.state(), keys.queue()))
            .arg(after)
            .arg(attempts.get(attempts.size() - 1).sequence());
    attempts.forEach(attempt -> call.arg(QueueRow.format(attempt)));
    redis.run(APPEND, call);
  }

  /**
   * Makes all instances load the users anew.
   *
   * @return the new version of the user directory
   */
  public long announceUsers() {
    // By any number: a Redis that was set back must not count to one that was announced before.
    long step = ThreadLocalRandom.current().nextLong(1, LONGEST_STEP);
    return redis.send(request(Command.HINCRBY, keys.state(), "directory", step)).toLong();
  }

  /** Makes all instances load the allow-list anew. */
  public void announceAllowList() {
    // Not counted: a Redis that was emptied would count the same numbers again.
    redis.send(request(Command.HSET, keys.state(), "allowed", UUID.randomUUID()));
  }

  private Response trim(
      State seen, long watermark, long after, long read, byte[] last, List<byte[]> outliers) {
    Request call =
        TRIM.call(List.of(keys.queue(), keys.state()))
            .arg(watermark)
            .arg(TRIMMED_AT_ONCE)
            .arg(after)
            .arg(read)
            .arg(Buffer.buffer(last))
            .arg(seen.epoch());
    outliers.forEach(call::arg);
    return redis.run(TRIM, call);
  }

  private Request readState() {
    return request(
        Command.HMGET,
        keys.state(),
        "generation",
        "sequence",
        "directory",
        "flushed",
        "run_id",
        "paused",
        "format",
        "allowed");
  }

  private static State state(Response reply, Response info) {
    return new State(
        text(reply.get(0)),
        number(reply.get(1)),
        text(reply.get(2)),
        number(reply.get(3)),
        text(reply.get(4)),
        text(reply.get(5)),
        number(reply.get(6)),
        text(reply.get(7)),
        RedisServerCheck.read(info.toString()));
  }

  private static long number(Response reply) {
    try {
      return reply == null ? 0 : Long.parseLong(reply.toString());
    } catch (NumberFormatException e) {
      // As if it were missing: then Redis is behind, and is repaired.
      return 0;
    }
  }

  private static String text(Response reply) {
    return reply == null ? "" : reply.toString();
  }
}
