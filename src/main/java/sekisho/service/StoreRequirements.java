package sekisho.service;

import io.vertx.redis.client.Command;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.login.StoreUnavailableException;
import sekisho.redis.RedisBackend;

/** What Redis must be like for counts to be right. */
final class StoreRequirements {

  private static final Logger LOG = LoggerFactory.getLogger(StoreRequirements.class);

  private StoreRequirements() {
  }

  /**
   * Checks Redis.
   *
   * @param redis the server
   * @throws StartException when it is of no use, or can't be reached
   */
  static void check(RedisBackend redis) {
    String info;
    try {
      info = redis.send(RedisBackend.request(Command.INFO)).toString();
    } catch (StoreUnavailableException e) {
      throw new StartException("cannot reach Redis (sekisho.redis.url): " + e.getMessage());
    }
    String role = field(info, "role");
    if (!role.isEmpty() && !role.equals("master")) {
      throw new StartException("Redis is a replica: point sekisho.redis.url to its master");
    }
    String policy = field(info, "maxmemory_policy");
    if (!policy.isEmpty() && !policy.equals("noeviction")) {
      throw new StartException("Redis has maxmemory-policy " + policy
          + ", which would drop counters and so unlock users: set it to noeviction");
    }
    if ("0".equals(field(info, "aof_enabled"))) {
      LOG.warn("Redis runs without appendonly: a crash of Redis loses answered attempts; set appendonly yes");
    }
  }

  private static String field(String info, String name) {
    return Arrays.stream(info.split("\r?\n"))
        .filter(line -> line.startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst().orElse("");
  }
}
