package sekisho.redis;

import io.vertx.core.Future;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.List;
import java.util.function.Function;
import sekisho.login.Attempt;
import sekisho.login.Outcome;
import sekisho.login.Thresholds;

/** Calls {@code decide.lua} for attempts that go out together. Immutable. */
final class DecideCall {

  private static final LuaScript SCRIPT = LuaScript.named("decide.lua");

  private final List<String> keys;
  private final Thresholds thresholds;

  /**
   * What Redis answered.
   *
   * @param firstSequence the number of the first attempt; the others follow it
   * @param queued how many attempts wait in the queue now
   * @param directory the version of the user directory, empty before the first reload
   * @param outcomes a letter for each attempt
   */
  record Reply(long firstSequence, long queued, String directory, byte[] outcomes) {

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

  DecideCall(RedisKeys keys, Thresholds thresholds) {
    this.keys = List.of(keys.state(), keys.addresses(), keys.users(), keys.logins(), keys.queue());
    this.thresholds = thresholds;
  }

  /**
   * Sends attempts.
   *
   * @param connection sends a request
   * @param generation the generation that the caller was admitted to
   * @param attempts the attempts in their order, not empty
   * @return the reply; fails as the connection does
   */
  Future<Reply> send(Function<Request, Future<Response>> connection, String generation, List<Attempt> attempts) {
    Request request = SCRIPT.call(keys)
        .arg(generation).arg(thresholds.userLock()).arg(thresholds.ipBan()).arg(passwords(attempts));
    for (Attempt attempt : attempts) {
      String user = attempt.userId().isPresent() ? Long.toString(attempt.userId().getAsLong()) : "";
      request.arg(attempt.address()).arg(user).arg(user + '\t' + attempt.address() + '\t' + attempt.login());
    }
    return SCRIPT.run(connection, request).map(reply ->
        new Reply(reply.get(0).toLong(), reply.get(1).toLong(), reply.get(2).toString(), reply.get(3).toBytes()));
  }

  private static byte[] passwords(List<Attempt> attempts) {
    byte[] passwords = new byte[attempts.size()];
    for (int i = 0; i < passwords.length; i++) {
      passwords[i] = (byte) (attempts.get(i).passwordMatches() ? '1' : '0');
    }
    return passwords;
  }
}
