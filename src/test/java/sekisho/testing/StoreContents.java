package sekisho.testing;

import io.vertx.redis.client.Response;
import java.util.Map;
import java.util.TreeMap;

/** All that both stores hold, for comparing two moments. */
public final class StoreContents {

  private StoreContents() {}

  /**
   * The counters, last logins and queue in Redis, each hash and the list as text, under the prefix
   * {@code {sekisho}:}; the epoch and the process of Redis are others each time.
   */
  public static Map<String, String> redis(String url) {
    Map<String, String> contents = new TreeMap<>();
    try (RedisProbe redis = new RedisProbe(url)) {
      for (String hash : new String[] {"failures:address", "failures:user", "logins", "state"}) {
        contents.put(hash, fields(redis.send("HGETALL", "{sekisho}:" + hash)).toString());
      }
      contents.put("queue", redis.send("LRANGE", "{sekisho}:queue", "0", "-1").toString());
      contents.put(
          "keys",
          redis.send("KEYS", "*").stream()
              .map(Response::toString)
              .filter(key -> !key.equals("{sekisho}:instances"))
              .sorted()
              .toList()
              .toString());
    }
    return contents;
  }

  /** A checksum of each table, and the watermark; the epoch is another one each time. */
  public static Map<String, String> mySql(String url) {
    Map<String, String> contents = new TreeMap<>();
    try (SqlProbe sql = new SqlProbe(url)) {
      sql.query(
              "CHECKSUM TABLE users, login_log, address_failures, user_failures, last_logins, quarantine EXTENDED")
          .forEach(row -> contents.put(row.split(" ")[0], row.split(" ")[1]));
      contents.put("watermark", sql.query("SELECT watermark FROM service_state").toString());
    }
    return contents;
  }

  private static Map<String, String> fields(Response reply) {
    Map<String, String> fields = new TreeMap<>();
    for (String field : reply.getKeys()) {
      if (!field.equals("generation") && !field.equals("run_id")) {
        fields.put(field, reply.get(field).toString());
      }
    }
    return fields;
  }
}
