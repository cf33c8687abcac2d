package sekisho.redis;

import io.vertx.core.Future;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import sekisho.login.Attempt;
import sekisho.login.Outcome;
import sekisho.login.Thresholds;

/** Calls {@code decide.lua} for attempts that go out together. Immutable. */
final class DecideScript {

  private static final LuaScript SCRIPT = LuaScript.named("decide.lua");

  private final List<String> keys;
  private final Thresholds thresholds;

  /**
   * What Redis answered.
   *
   * @param firstSequence the number of the first attempt that was decided; the others follow it
   * @param outcomes a letter for each attempt
   * @param millis when they were decided, since 1970
   */
  record Reply(long firstSequence, byte[] outcomes, long millis) {

    /** Reads {@code letters}, tab, {@code firstSequence}, tab, {@code millis}. */
    static Reply parse(String text) {
      int letters = text.indexOf('\t');
      int number = text.indexOf('\t', letters + 1);
      return new Reply(
          Long.parseLong(text, letters + 1, number, 10),
          text.substring(0, letters).getBytes(StandardCharsets.US_ASCII),
          Long.parseLong(text, number + 1, text.length(), 10));
    }

    /**
     * Whether one attempt was decided and recorded, by its place in the call; else a counter of it
     * is none.
     */
    boolean decided(int index) {
      return outcomes[index] != 'X';
    }

    /** The highest number that was given. */
    long lastSequence() {
      long last = firstSequence - 1;
      for (int i = 0; i < outcomes.length; i++) {
        last += decided(i) ? 1 : 0;
      }
      return last;
    }

    /** Whether one attempt succeeded, by its place in the call. */
    boolean succeeded(int index) {
      return outcomes[index] == 'S';
    }

    /** The outcome of one attempt, by its place in the call. */
    Outcome outcome(int index) {
      return switch (outcomes[index]) {
        case 'S' -> Outcome.SUCCESS;
        case 'W' -> Outcome.WRONG;
        case 'L' -> Outcome.LOCKED;
        case 'B' -> Outcome.BANNED;
        default -> throw new IllegalStateException("decide.lua answered " + (char) outcomes[index]);
      };
    }
  }

  DecideScript(RedisKeys keys, Thresholds thresholds) {
    this.keys = List.of(keys.state(), keys.addresses(), keys.users(), keys.logins(), keys.queue());
    this.thresholds = thresholds;
  }

  /**
   * The ends of the queue rows of attempts, which follow number, time and success.
   *
   * @param attempts the attempts in their order
   * @return as many ends
   */
  static List<byte[]> rowEnds(List<Attempt> attempts) {
    List<byte[]> ends = new ArrayList<>(attempts.size());
    for (Attempt attempt : attempts) {
      String end = user(attempt) + '\t' + attempt.address() + '\t' + attempt.login();
      ends.add(end.getBytes(StandardCharsets.UTF_8));
    }
    return ends;
  }

  /**
   * Sends attempts.
   *
   * @param connection sends a request
   * @param epoch the epoch that the caller was admitted to
   * @param highest the highest number that the caller was given under it, 0 for none
   * @param attempts the attempts in their order, not empty
   * @return the reply; fails as the connection does
   */
  Future<Reply> send(
      Function<Request, Future<Response>> connection,
      String epoch,
      long highest,
      List<Attempt> attempts) {
    Request request =
        SCRIPT
            .call(keys)
            .arg(epoch)
            .arg(thresholds.userLock())
            .arg(thresholds.ipBan())
            .arg(highest)
            .arg(flags(attempts));
    for (Attempt attempt : attempts) {
      request.arg(user(attempt)).arg(attempt.address()).arg(attempt.login());
    }
    return SCRIPT.run(connection, request).map(reply -> Reply.parse(reply.toString()));
  }

  private static String user(Attempt attempt) {
    return attempt.userId().isPresent() ? Long.toString(attempt.userId().getAsLong()) : "";
  }

  private static byte[] flags(List<Attempt> attempts) {
    byte[] flags = new byte[attempts.size()];
    for (int i = 0; i < flags.length; i++) {
      Attempt attempt = attempts.get(i);
      flags[i] = (byte) ('0' + (attempt.passwordMatches() ? 1 : 0) + (attempt.allowed() ? 2 : 0));
    }
    return flags;
  }
}
