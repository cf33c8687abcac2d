package sekisho.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import sekisho.app.Service;
import sekisho.app.Settings;
import sekisho.app.SettingsLoader;
import sekisho.app.Stores;
import sekisho.dev.server.Endpoints;
import sekisho.dev.server.LocalServers;
import sekisho.metrics.ServiceMetrics;
import sekisho.mysql.Statements;
import sekisho.verify.Verification;

/**
 * A running service with real stores for all tests of a class: register it as a static extension.
 * Its database and its keys in Redis are its own, and empty at first but for some users. Each test
 * takes {@link #newUser users} and {@link #newAddress addresses} that no other test has, so that
 * tests do not meet. When all is done, log and counters must agree.
 */
public final class ServiceUnderTest implements BeforeAllCallback, AfterAllCallback {

  /** Names that are hard on pages, forms and databases; the users 1, 2 … of every database. */
  public static final List<String> HOSTILE_NAMES =
      List.of(
          "</h1><script>alert('1')</script>",
          "関所の番人",
          "O'Brien\"; DROP TABLE users; --",
          "tab\there",
          " space around ",
          "100%+&=;",
          "🚧🚧🚧",
          "e\u0301",
          "\u00e9",
          "A",
          "a",
          "a ",
          "n".repeat(255));

  /** The key that signs sessions, as the environment holds it. */
  public static final String SESSION_KEY = "5e".repeat(32);

  private static final int PLAIN_USERS = 200;

  private final boolean hasOwnServers;
  private final Map<String, String> overrides;
  private final List<TestUser> users;
  private final AtomicInteger usersTaken = new AtomicInteger(HOSTILE_NAMES.size());
  private final AtomicInteger addressesTaken = new AtomicInteger();
  private final List<Service> others = new ArrayList<>();
  private TestServers ownServers;
  private Endpoints endpoints;
  private Map<String, String> variables;
  private Settings settings;
  private SqlProbe sql;
  private RedisProbe redis;
  private Service service;

  private ServiceUnderTest(boolean hasOwnServers, Map<String, String> overrides) {
    this.hasOwnServers = hasOwnServers;
    this.overrides = overrides;
    this.users =
        Stream.concat(
                LongStream.rangeClosed(1, HOSTILE_NAMES.size())
                    .mapToObj(id -> TestUser.of(id, HOSTILE_NAMES.get((int) id - 1))),
                LongStream.rangeClosed(1001, 1000 + PLAIN_USERS)
                    .mapToObj(id -> TestUser.of(id, "user" + id)))
            .toList();
  }

  /**
   * A service on the servers that all tests share.
   *
   * @param overrides settings that differ from the default, as names and values of variables in
   *     turn
   */
  public static ServiceUnderTest with(String... overrides) {
    return new ServiceUnderTest(false, variables(overrides));
  }

  /** A service on servers of its own, for tests that stop them. */
  public static ServiceUnderTest withOwnServers(String... overrides) {
    return new ServiceUnderTest(true, variables(overrides));
  }

  private static Map<String, String> variables(String... overrides) {
    Map<String, String> variables = new HashMap<>();
    for (int i = 0; i < overrides.length; i += 2) {
      variables.put(overrides[i], overrides[i + 1]);
    }
    return variables;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    String name = context.getRequiredTestClass().getSimpleName();
    ownServers = hasOwnServers ? TestServers.start() : null;
    endpoints = hasOwnServers ? ownServers.endpoints() : TestServers.shared();
    prepareStores(name);
    variables = environment(name);
    settings = SettingsLoader.load(Optional.empty(), variables);
    start();
  }

  @Override
  @SuppressWarnings("try")
  public void afterAll(ExtensionContext context) {
    try (SqlProbe closedLast = sql;
        RedisProbe closedToo = redis) {
      assertThat(verify()).isEmpty();
    } finally {
      others.forEach(Service::close);
      stop();
      if (hasOwnServers) {
        ownServers.close();
      }
    }
  }

  /** Starts the service, after {@link #stop()}. */
  public void start() {
    service = Service.start(settings);
  }

  /** Ends the service as SIGTERM does. */
  public void stop() {
    service.close();
  }

  /**
   * Starts one more instance on the same stores; it ends with the tests.
   *
   * @param overrides settings that differ from this service's, as names and values of variables in
   *     turn
   */
  public Service another(String... overrides) {
    Map<String, String> environment = new HashMap<>(variables);
    environment.putAll(variables(overrides));
    Service other = Service.start(SettingsLoader.load(Optional.empty(), environment));
    others.add(other);
    return other;
  }

  /** Tells the service that the table of users was changed, and waits until it has read it. */
  public HttpReply reload() {
    HttpReply reply =
        HttpProbe.once(
            managementPort(),
            "POST /reload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
    assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
    return reply;
  }

  /** The settings of the service. */
  public Settings settings() {
    return settings;
  }

  /** The port of the service. */
  public int port() {
    return service.port();
  }

  /** The port for operators. */
  public int managementPort() {
    return service.managementPort();
  }

  /** The servers of a service that has its own. */
  public LocalServers servers() {
    return ownServers.servers();
  }

  /** Connects {@link #sql()} again, after the database was away. */
  public void reconnect() {
    sql.close();
    sql = new SqlProbe(settings.mysql().url().orElseThrow());
  }

  /** The database of the service. */
  public SqlProbe sql() {
    return sql;
  }

  /** The Redis of the service. */
  public RedisProbe redis() {
    return redis;
  }

  /** A user whom no other test has. */
  public TestUser newUser() {
    return users.get(usersTaken.getAndIncrement());
  }

  /** The user with one of the {@link #HOSTILE_NAMES}. */
  public TestUser hostile(String name) {
    return users.get(HOSTILE_NAMES.indexOf(name));
  }

  /** An address that no other test has. */
  public String newAddress() {
    int number = addressesTaken.getAndIncrement();
    return "198.51." + (number >> 8) + "." + (number & 0xff);
  }

  /** A browser at an address that no other test has. */
  public Browser browser() {
    return browserAt(newAddress());
  }

  /** A browser at an address. */
  public Browser browserAt(String address) {
    return new Browser(port(), address);
  }

  /** The report, as the machine itself may read it. */
  public HttpReply report() {
    return HttpProbe.once(port(), "GET /report HTTP/1.1\r\nHost: sekisho.test\r\n\r\n");
  }

  /** A list of the report. */
  public List<String> reported(String list) {
    HttpReply reply = report();
    assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
    List<String> values = new ArrayList<>();
    reply.json().get(list).forEach(value -> values.add(value.textValue()));
    return values;
  }

  /** What differs between the log and the counters, one line each. */
  public List<String> verify() {
    Vertx vertx = Vertx.vertx();
    try (Stores stores = Stores.of(vertx, settings, new ServiceMetrics())) {
      return new Verification(
              stores.database(), stores.redis(), stores.keys(), settings.thresholds())
          .run()
          .differences();
    } finally {
      Waiting.on(vertx.close());
    }
  }

  /** Adds users to the table; a running service does not notice. */
  public void insert(List<TestUser> more) {
    sql.query(
        "INSERT INTO users (id, login, password_hash, salt) VALUES "
            + more.stream().map(TestUser::sqlValues).collect(Collectors.joining(", ")));
  }

  private void prepareStores(String name) {
    try (SqlProbe server = new SqlProbe(endpoints.mysqlUrl())) {
      server.query("DROP DATABASE IF EXISTS " + database(name));
      server.query("CREATE DATABASE " + database(name) + " CHARACTER SET utf8mb4");
    }
    sql = new SqlProbe(mysqlUrl(name));
    Statements.schema().forEach(sql::query);
    insert(users);
    redis = new RedisProbe(endpoints.redisUrl());
    redis.send("KEYS", keyPrefix(name) + "*").forEach(key -> redis.send("DEL", key.toString()));
  }

  private Map<String, String> environment(String name) {
    Map<String, String> environment =
        new HashMap<>(
            Map.of(
                "SEKISHO_HTTP_PORT",
                "0",
                "SEKISHO_MANAGEMENT_PORT",
                "0",
                "SEKISHO_HTTP_EVENT_LOOPS",
                "2",
                "SEKISHO_REDIS_URL",
                endpoints.redisUrl(),
                "SEKISHO_REDIS_KEY_PREFIX",
                keyPrefix(name),
                "SEKISHO_MYSQL_URL",
                mysqlUrl(name),
                "SEKISHO_WARM_UP_MS",
                "0",
                "SEKISHO_SESSION_KEY",
                SESSION_KEY));
    environment.putAll(overrides);
    return environment;
  }

  private String mysqlUrl(String name) {
    return endpoints.mysqlUrl().replace("/sekisho?", "/" + database(name) + "?");
  }

  private static String database(String name) {
    return "sekisho_" + name.toLowerCase(Locale.ROOT);
  }

  private static String keyPrefix(String name) {
    return "{" + name + "}:";
  }
}
