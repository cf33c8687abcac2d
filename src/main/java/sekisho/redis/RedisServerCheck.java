package sekisho.redis;

import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.util.Arrays;
import java.util.Optional;
import sekisho.login.StoreUnavailableException;

/**
 * What Redis must be like for counts to be right, by its own account.
 *
 * @param problem why attempts must not be decided by it, one line for an operator; empty when all
 *     is well
 * @param keepsAppendOnlyFile whether its data outlive its process
 * @param runId names the data in its memory: its {@code run_id}, which is another one after each
 *     start, and, once it has been a replica and was promoted, the replication id of that time;
 *     empty when INFO does not tell
 * @param usedMemory the memory in use, in bytes
 * @param maxMemory the limit at which attempts are refused, in bytes; 0 for none
 */
public record RedisServerCheck(
    Optional<String> problem,
    boolean keepsAppendOnlyFile,
    String runId,
    long usedMemory,
    long maxMemory) {

  /**
   * Asks a server.
   *
   * @param redis the server
   * @return what it says
   * @throws StoreUnavailableException when it can't be reached
   */
  public static RedisServerCheck of(BlockingRedis redis) {
    return read(redis.send(request()).toString());
  }

  /** The request whose answer {@link #read} reads. */
  static Request request() {
    return BlockingRedis.request(Command.INFO);
  }

  /** Reads the answer of INFO; a field that is missing is no problem. */
  static RedisServerCheck read(String info) {
    return new RedisServerCheck(
        problem(info),
        !"0".equals(field(info, "aof_enabled")),
        identity(info),
        bytes(info, "used_memory"),
        bytes(info, "maxmemory"));
  }

  /**
   * A replica takes its master's data, within the same process: who was one since may hold other
   * data, though it was started once.
   */
  private static String identity(String info) {
    String before = field(info, "master_replid2");
    return field(info, "run_id")
        + (before.isEmpty() || before.chars().allMatch(digit -> digit == '0') ? "" : "/" + before);
  }

  private static Optional<String> problem(String info) {
    if (field(info, "run_id").isEmpty()) {
      return Optional.of(
          "INFO of Redis has no run_id, by which a restart is noticed: allow its user the whole command INFO");
    }
    String role = field(info, "role");
    if (!role.isEmpty() && !role.equals("master")) {
      return Optional.of("Redis is a replica: point sekisho.redis.url to its master");
    }
    String policy = field(info, "maxmemory_policy");
    if (!policy.isEmpty() && !policy.equals("noeviction")) {
      return Optional.of(
          "Redis has maxmemory-policy "
              + policy
              + ", which would drop counters and so unlock users: set it to noeviction");
    }
    return Optional.empty();
  }

  private static long bytes(String info, String name) {
    String value = field(info, name);
    return value.isEmpty() ? 0 : Long.parseLong(value);
  }

  private static String field(String info, String name) {
    return Arrays.stream(info.split("\r?\n"))
        .filter(line -> line.startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst()
        .orElse("");
  }
}
