package sekisho.redis;

import io.vertx.redis.client.Command;
import java.util.Arrays;
import java.util.Optional;
import sekisho.login.StoreUnavailableException;

/**
 * What Redis must be like for counts to be right, by its own account.
 *
 * @param problem why attempts must not be decided by it, one line for an operator; empty when all is well
 * @param keepsAppendOnlyFile whether its data outlive its process
 * @param runId its {@code run_id}, another one after each start; empty where INFO is kept from us
 */
public record RedisSuitability(Optional<String> problem, boolean keepsAppendOnlyFile, String runId) {

  /**
   * Asks a server.
   *
   * @param redis the server
   * @return what it says
   * @throws StoreUnavailableException when it can't be reached
   */
  public static RedisSuitability of(RedisBackend redis) {
    return read(redis.send(RedisBackend.request(Command.INFO)).toString());
  }

  /** Reads the answer of INFO; a field that is missing is no problem. */
  static RedisSuitability read(String info) {
    return new RedisSuitability(problem(info), !"0".equals(field(info, "aof_enabled")), field(info, "run_id"));
  }

  private static Optional<String> problem(String info) {
    String role = field(info, "role");
    if (!role.isEmpty() && !role.equals("master")) {
      return Optional.of("Redis is a replica: point sekisho.redis.url to its master");
    }
    String policy = field(info, "maxmemory_policy");
    if (!policy.isEmpty() && !policy.equals("noeviction")) {
      return Optional.of("Redis has maxmemory-policy " + policy
          + ", which would drop counters and so unlock users: set it to noeviction");
    }
    return Optional.empty();
  }

  private static String field(String info, String name) {
    return Arrays.stream(info.split("\r?\n"))
        .filter(line -> line.startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst().orElse("");
  }
}
