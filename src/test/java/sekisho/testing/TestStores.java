package sekisho.testing;

import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import sekisho.app.Settings;
import sekisho.app.SettingsLoader;
import sekisho.dev.server.Endpoints;
import sekisho.login.HistoryEntry;
import sekisho.login.RecordedAttempt;
import sekisho.redis.MalformedRowException;
import sekisho.redis.QueueRow;
import sekisho.redis.RedisKeys;

/**
 * A Redis and a MariaDB that hold nothing but an empty schema, with a view from beside the service.
 * {@link #instance} makes what one process of the service has; several of them share these stores
 * as several processes would.
 */
public final class TestStores implements AutoCloseable {

  /** The names of the keys that all instances use. */
  public static final RedisKeys KEYS = RedisKeys.under("{sekisho}:");

  private static final long DEADLINE_NANOS = 20_000_000_000L;

  private final Endpoints endpoints;
  private final RedisProbe redis;
  private final SqlProbe sql;

  private TestStores(Endpoints endpoints) {
    this.endpoints = endpoints;
    this.redis = new RedisProbe(endpoints.redisUrl());
    this.sql = new SqlProbe(endpoints.mysqlUrl());
  }

  /** The servers that all tests of this JVM share, emptied. */
  public static TestStores empty() {
    return emptied(TestServers.shared());
  }

  /** Servers of the caller's own, emptied. */
  public static TestStores emptied(Endpoints endpoints) {
    TestStores stores = new TestStores(endpoints);
    try (TestInstance instance = stores.instance()) {
      instance.createSchema();
    }
    stores.clear();
    return stores;
  }

  /** Servers of the caller's own, as they are. */
  public static TestStores reconnected(Endpoints endpoints) {
    return new TestStores(endpoints);
  }

  /** Empties both stores again, faster than making new ones. */
  public void clear() {
    redis.send("FLUSHALL");
    for (String table :
        List.of(
            "service_state",
            "login_log",
            "address_failures",
            "user_failures",
            "last_logins",
            "operator_events",
            "allowed_addresses",
            "pruned_address_failures",
            "pruned_user_failures",
            "pruned_last_logins",
            "log_filters",
            "instances",
            "quarantine",
            "users")) {
      sql.query("DELETE FROM " + table);
    }
  }

  /**
   * Takes all attempts back, faster still, while instances that accept attempts go on. Numbers go
   * on: one that went back would be found.
   *
   * @return the number of the newest attempt
   */
  public long forgetAttempts() {
    redis.send("DEL", KEYS.addresses(), KEYS.users(), KEYS.logins(), KEYS.queue());
    long sequence = redis.send("HGET", KEYS.state(), "sequence").toLong();
    for (String table :
        List.of(
            "login_log", "operator_events", "address_failures", "user_failures", "last_logins")) {
      sql.query("DELETE FROM " + table);
    }
    sql.query(
        "UPDATE service_state SET counted = NULL, watermark = "
            + sequence
            + ", pruned = "
            + sequence);
    return sequence;
  }

  /**
   * A process of the service with the default settings; it does not accept attempts before it is
   * told to.
   */
  public TestInstance instance() {
    return instance(Map.of());
  }

  /**
   * A process of the service.
   *
   * @param environment settings as the environment would give them
   */
  public TestInstance instance(Map<String, String> environment) {
    return new TestInstance(settings(environment));
  }

  /** Settings for these stores. */
  public Settings settings(Map<String, String> environment) {
    Map<String, String> all = new HashMap<>(environment);
    all.put("SEKISHO_REDIS_URL", endpoints.redisUrl());
    all.put("SEKISHO_MYSQL_URL", endpoints.mysqlUrl());
    // Each instance goes by a name of its own then.
    all.putIfAbsent("SEKISHO_HTTP_PORT", "0");
    return SettingsLoader.load(Optional.empty(), all);
  }

  /** One command to Redis. */
  public Response redis(String command, String... arguments) {
    return redis.send(command, arguments);
  }

  /** One statement to MariaDB; see {@link SqlProbe#query}. */
  public List<String> sql(String statement) {
    return sql.query(statement);
  }

  /** The first column of the first row as a number. */
  public long number(String statement) {
    return Long.parseLong(sql.query(statement).get(0));
  }

  /** A hash in Redis; empty when there is none. */
  public Map<String, String> hash(String key) {
    Response reply = redis.send("HGETALL", key);
    Map<String, String> hash = new HashMap<>();
    for (String field : reply.getKeys()) {
      hash.put(field, reply.get(field).toString());
    }
    return hash;
  }

  /** Everything that Redis holds for the service, as text that differs when anything differs. */
  public String redisContent() {
    return hash(KEYS.state())
        + "\n"
        + hash(KEYS.addresses())
        + "\n"
        + hash(KEYS.users())
        + "\n"
        + hash(KEYS.logins())
        + "\n"
        + redis.send("LRANGE", KEYS.queue(), "0", "-1");
  }

  /**
   * The attempts that wait for MySQL, in their order.
   *
   * @param from the index of the first one; counted from the end where it is negative
   */
  public List<RecordedAttempt> queued(int from) {
    return queuedHistory(from).stream().map(RecordedAttempt.class::cast).toList();
  }

  /**
   * The attempts and acts that wait for MySQL, in their order.
   *
   * @param from the index of the first one; counted from the end where it is negative
   */
  public List<HistoryEntry> queuedHistory(int from) {
    List<HistoryEntry> history = new ArrayList<>();
    for (Response row : redis.send("LRANGE", KEYS.queue(), Integer.toString(from), "-1")) {
      try {
        history.add(QueueRow.parse(row.toBytes()));
      } catch (MalformedRowException e) {
        throw new AssertionError(e);
      }
    }
    return history;
  }

  /** The ids in the login log, in their order. */
  public List<Long> loggedIds() {
    return sql.query("SELECT id FROM login_log ORDER BY id").stream().map(Long::valueOf).toList();
  }

  /** Puts a user into MySQL, with a password hash that nothing matches. */
  public void addUser(long id, String login) {
    sql.query("INSERT INTO users VALUES (" + id + ", '" + login + "', REPEAT('0', 64), 'salt')");
  }

  /** Puts a row into the log by hand, as one second after the other. */
  public void addLogRow(
      long id, OptionalLong userId, String login, String address, boolean succeeded) {
    sql.query(
        "INSERT INTO login_log VALUES ("
            + id
            + ", '2014-02-22' + INTERVAL "
            + id
            + " SECOND, "
            + (userId.isPresent() ? userId.getAsLong() : "NULL")
            + ", '"
            + login
            + "', '"
            + address
            + "', "
            + (succeeded ? 1 : 0)
            + ")");
  }

  /** Waits until the condition holds; fails after 20 s. */
  public static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + DEADLINE_NANOS;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within 20 s: " + what);
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Override
  public void close() {
    redis.close();
    sql.close();
  }
}
