package sekisho.stores;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.LoggerFactory;
import sekisho.app.Service;
import sekisho.app.Settings;
import sekisho.app.SettingsLoader;
import sekisho.app.Stores;
import sekisho.login.Attempt;
import sekisho.login.Counters;
import sekisho.login.InMemoryAttemptStore;
import sekisho.login.Outcome;
import sekisho.login.RecordedAttempt;
import sekisho.login.Thresholds;
import sekisho.metrics.ServiceMetrics;
import sekisho.mysql.Statements;
import sekisho.testing.Browser;
import sekisho.testing.HttpProbe;
import sekisho.testing.HttpReply;
import sekisho.testing.RedisProbe;
import sekisho.testing.SqlProbe;
import sekisho.testing.TestServers;
import sekisho.testing.TestUser;
import sekisho.testing.Until;
import sekisho.testing.Waiting;
import sekisho.verify.Verification;

/**
 * One run of the service on one server: logins of users with hostile names, reports, an emptied
 * Redis, a new start. A store in memory decides the same attempts; outcomes, log, report and pages
 * must be the same.
 */
final class MatrixScenario {

  private static final AtomicInteger RUNS = new AtomicInteger();
  private static final String PREFIX = "{matrix}:";

  /** Sent on one connection before answers are read, so that neither side waits for the other. */
  private static final int PIPELINED = 10;

  private static final int UNHARMED = 0;
  private static final int NEARLY_LOCKED = 1;
  private static final int LOCKED = 2;
  private static final String BANNED = "192.0.2.66";

  /** What the log may complain of: Redis was emptied, and attempts come from few addresses. */
  private static final String EXPECTED_COMPLAINTS =
      "(?s)Redis is empty; .*|.* attempts that Redis had lost .* were given back .*"
          + "|.* makes most of the attempts: .*|no attempts are accepted: the stores are being compared";

  private final MatrixServer server;
  private final ServerConfiguration configuration;
  private final FlushPath path;
  private final TestServers redis;
  private final String database = "matrix" + RUNS.incrementAndGet();
  private final List<TestUser> users =
      IntStream.range(0, HostileNames.ALL.size())
          .mapToObj(i -> TestUser.of(i + 1, HostileNames.ALL.get(i)))
          .toList();
  private final InMemoryAttemptStore model =
      new InMemoryAttemptStore(Thresholds.DEFAULT, Clock.systemUTC());
  private final Instant begin = Instant.now();

  MatrixScenario(
      MatrixServer server, ServerConfiguration configuration, FlushPath path, TestServers redis) {
    this.server = server;
    this.configuration = configuration;
    this.path = path;
    this.redis = redis;
  }

  /** Runs it; the server is running. */
  void run() {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    Logger logger = (Logger) LoggerFactory.getLogger("sekisho");
    logger.addAppender(log);
    logger.setLevel(Level.INFO);
    logger.setAdditive(false);
    createDatabase();
    try (SqlProbe sql = observer();
        RedisProbe keys = new RedisProbe(redis.servers().redis().url())) {
      keys.send("FLUSHALL");
      try (Service service = start()) {
        everybodyTries(service, 1);
        assertSame(service, sql);
      }
      // A new process reads the users anew, and the counters that the other one left.
      try (Service service = start()) {
        everybodyTries(service, 2);
        assertSame(service, sql);
        everybodyTries(service, 3);
        Map<TestUser, Browser> sessions = sessions(service);
        Map<TestUser, String> shown = shown(sessions);
        keys.send("FLUSHALL");
        awaitRepair(service);
        assertThat(shown(sessions)).isEqualTo(shown);
        sessions.values().forEach(Browser::close);
        everybodyReturns(service);
        assertSame(service, sql);
      }
      assertFlushedAsMeant(sql);
    } finally {
      logger.detachAppender(log);
      logger.setLevel(null);
      logger.setAdditive(true);
    }
    assertThat(
            log.list.stream()
                .filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
                .map(ILoggingEvent::getFormattedMessage)
                .filter(message -> !message.matches(EXPECTED_COMPLAINTS)))
        .isEmpty();
  }

  private void createDatabase() {
    try (SqlProbe sql = server.administrator("mysql")) {
      sql.query("SET SESSION TRANSACTION READ WRITE");
      sql.query("SET SESSION max_statement_time=0");
      sql.query("CREATE DATABASE " + database + " " + configuration.database());
    }
    try (SqlProbe sql = server.administrator(database)) {
      sql.query("SET SESSION TRANSACTION READ WRITE");
      sql.query("SET SESSION max_statement_time=0");
      Statements.schema().forEach(sql::query);
    }
    try (SqlProbe sql = observer()) {
      sql.query(
          "INSERT INTO users (id, login, password_hash, salt) VALUES "
              + users.stream().map(TestUser::sqlValues).collect(Collectors.joining(", ")));
    }
  }

  /** A session that sees what is there, whatever the configuration. */
  private SqlProbe observer() {
    SqlProbe sql = server.administrator(database);
    sql.query("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ WRITE");
    sql.query(
        "SET SESSION sql_mode='', autocommit=1, completion_type=0, max_statement_time=0, sql_select_limit=DEFAULT, "
            + "sql_big_selects=1, wait_timeout=600, idle_transaction_timeout=0");
    return sql;
  }

  private Service start() {
    return Service.start(settings());
  }

  private Settings settings() {
    return SettingsLoader.load(
        Optional.empty(),
        Map.of(
            "SEKISHO_HTTP_PORT",
            "0",
            "SEKISHO_MANAGEMENT_PORT",
            "0",
            "SEKISHO_WARM_UP_MS",
            "0",
            "SEKISHO_DATA_DIR",
            redis.directory().resolve("service").toString(),
            "SEKISHO_REDIS_URL",
            redis.servers().redis().url(),
            "SEKISHO_REDIS_KEY_PREFIX",
            PREFIX,
            "SEKISHO_MYSQL_URL",
            server.url(database, path, configuration.urlParameter())));
  }

  /**
   * A third of the users ends without failures, a third with one less than are allowed, and a third
   * locked. Nobody who is not a user ends as one of them.
   */
  private void everybodyTries(Service service, int round) {
    for (TestUser user : users) {
      int kind = kind(user);
      // Of those who are locked, no address shall be banned.
      String address = "198.51." + (kind == LOCKED ? round : 0) + "." + user.id();
      try (Browser browser = new Browser(service.port(), address)) {
        switch (kind) {
          case UNHARMED -> attempts(browser, address, user, false, true);
          case NEARLY_LOCKED -> attempts(browser, address, user, true, false, false);
          default -> attempts(browser, address, user, true, false, false, false, true);
        }
      }
    }
    try (Browser browser = new Browser(service.port(), null)) {
      List<String> strangers = strangers();
      IntStream.range(0, strangers.size())
          .forEach(
              i ->
                  unknown(
                      browser,
                      strangers.get(i),
                      "198." + (20 + round) + "." + i / 256 + "." + i % 256));
      for (int i = 0; i < 10; i++) {
        unknown(browser, "nobody", BANNED);
      }
      attempts(browser.from(BANNED), BANNED, users.get(2), true);
      flood(browser, round);
    }
  }

  /** Each finds what was counted before Redis was emptied. */
  private void everybodyReturns(Service service) {
    for (TestUser user : users) {
      String address = "198.51.200." + user.id();
      try (Browser browser = new Browser(service.port(), address)) {
        attempts(browser, address, user, kind(user) != NEARLY_LOCKED, true);
      }
    }
  }

  /** Attempts of one user, with the right password or with a wrong one. */
  private void attempts(Browser browser, String address, TestUser user, boolean... right) {
    for (boolean each : right) {
      Outcome expected =
          expected(new Attempt(user.login(), OptionalLong.of(user.id()), each, address));
      assertThat(each ? browser.login(user) : browser.fail(user))
          .as("%s from %s", user, address)
          .isEqualTo(expected);
    }
  }

  private void unknown(Browser browser, String login, String address) {
    Outcome expected = expected(new Attempt(login, OptionalLong.empty(), false, address));
    assertThat(browser.from(address).login(login, "x"))
        .as("'%s' from %s", login, address)
        .isEqualTo(expected);
  }

  /** As many attempts with the longest names as the configuration has. */
  private void flood(Browser browser, int round) {
    String name = "🚧".repeat(250);
    for (int first = 0; first < configuration.attempts(); first += PIPELINED) {
      for (int i = first; i < first + PIPELINED; i++) {
        String address = "10." + round + "." + i / 256 + "." + i % 256;
        expected(new Attempt(name + i, OptionalLong.empty(), false, address));
        browser.from(address).sendLogin(name + i, "x");
      }
      for (int i = 0; i < PIPELINED; i++) {
        assertThat(browser.receive().header("location")).isEqualTo("/");
      }
    }
  }

  private Outcome expected(Attempt attempt) {
    return Waiting.on(model.decide(attempt));
  }

  /** Names that are nearly those of users. */
  private List<String> strangers() {
    Set<String> names = new TreeSet<>();
    for (TestUser user : users) {
      String name = user.login();
      names.addAll(
          List.of(
              name + " ",
              name + "\t",
              name.toUpperCase(Locale.ROOT),
              Normalizer.normalize(name, Normalizer.Form.NFD),
              Normalizer.normalize(name, Normalizer.Form.NFKC),
              "x" + name,
              name.replace("\\", "")));
    }
    names.removeIf(
        name -> name.codePointCount(0, name.length()) > 255 || HostileNames.ALL.contains(name));
    return List.copyOf(names);
  }

  /** Logs in those who are not locked; their browsers stay open. */
  private Map<TestUser, Browser> sessions(Service service) {
    Map<TestUser, Browser> sessions = new LinkedHashMap<>();
    users.stream()
        .filter(user -> kind(user) == UNHARMED)
        .forEach(
            user -> {
              String address = "198.51.100." + user.id();
              Browser browser = new Browser(service.port(), address);
              sessions.put(user, browser);
              attempts(browser, address, user, true);
            });
    return sessions;
  }

  /** What users are shown of the login before. */
  private Map<TestUser, String> shown(Map<TestUser, Browser> sessions) {
    Map<TestUser, String> shown = new LinkedHashMap<>();
    sessions.forEach(
        (user, browser) -> {
          HttpReply page = browser.get("/mypage");
          String address = page.element("last-logined-ip");
          assertThat(address)
              .isEqualTo(Waiting.on(model.lastLogins(user.id())).orElseThrow().shown().address());
          shown.put(user, page.element("last-logined-at") + " " + address);
        });
    return shown;
  }

  /** The first attempt that gets an outcome after Redis was emptied: that of a banned address. */
  private void awaitRepair(Service service) {
    TestUser user = users.get(2);
    Outcome expected =
        expected(new Attempt(user.login(), OptionalLong.of(user.id()), true, BANNED));
    try (Browser browser = new Browser(service.port(), BANNED)) {
      AtomicReference<HttpReply> answer = new AtomicReference<>();
      Until.isTrue(
          "Redis is repaired",
          () -> {
            browser.sendLogin(user.login(), user.password());
            answer.set(browser.receive());
            return answer.get().status() != 503;
          });
      assertThat(expected).isEqualTo(Outcome.BANNED);
      assertThat(browser.get("/").element("notice-message"))
          .as("first answer: %s", answer)
          .isEqualTo("You're banned.");
    }
  }

  private void assertSame(Service service, SqlProbe sql) {
    List<RecordedAttempt> attempts = model.log();
    Counters counters = new Counters();
    attempts.forEach(counters::apply);
    HttpReply report =
        HttpProbe.once(service.port(), "GET /report HTTP/1.1\r\nHost: sekisho.test\r\n\r\n");
    assertThat(report.status()).as(report.toString()).isEqualTo(200);
    assertThat(texts(report.json().get("banned_ips")))
        .containsExactlyInAnyOrderElementsOf(
            counters.addressFailures().entrySet().stream()
                .filter(entry -> entry.getValue() >= 10)
                .map(Map.Entry::getKey)
                .toList());
    assertThat(texts(report.json().get("locked_users")))
        .containsExactlyInAnyOrderElementsOf(
            counters.userFailures().entrySet().stream()
                .filter(entry -> entry.getValue() >= 3)
                .map(entry -> users.get((int) (entry.getKey() - 1)).login())
                .toList());
    assertThat(sql.query("SELECT HEX(login), user_id, ip, succeeded FROM login_log ORDER BY id"))
        .containsExactlyElementsOf(attempts.stream().map(MatrixScenario::row).toList());
    assertThat(sql.query("SELECT CAST(created_at AS CHAR) FROM login_log"))
        .allSatisfy(
            at ->
                assertThat(LocalDateTime.parse(at.replace(' ', 'T')).toInstant(ZoneOffset.UTC))
                    .isBetween(begin.truncatedTo(ChronoUnit.MILLIS), Instant.now()));
    assertThat(sql.query("SELECT reason, HEX(queue_row) FROM quarantine")).isEmpty();
    assertThat(differences()).isEmpty();
  }

  private static String row(RecordedAttempt attempt) {
    return HexFormat.of()
            .withUpperCase()
            .formatHex(attempt.login().getBytes(StandardCharsets.UTF_8))
        + " "
        + (attempt.userId().isPresent() ? attempt.userId().getAsLong() : null)
        + " "
        + attempt.address()
        + " "
        + (attempt.succeeded() ? 1 : 0);
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.textValue()));
    return texts;
  }

  private List<String> differences() {
    Vertx vertx = Vertx.vertx();
    try (Stores stores = Stores.of(vertx, settings(), new ServiceMetrics())) {
      return new Verification(stores.database(), stores.redis(), stores.keys(), Thresholds.DEFAULT)
          .run()
          .differences();
    } finally {
      Waiting.on(vertx.close());
    }
  }

  private void assertFlushedAsMeant(SqlProbe sql) {
    if (configuration.loadsFiles()) {
      boolean loaded = !sql.query("SHOW GLOBAL STATUS LIKE 'Com_load'").get(0).equals("Com_load 0");
      assertThat(loaded).as("LOAD DATA was used").isEqualTo(path == FlushPath.FILE);
    }
  }

  private static int kind(TestUser user) {
    return (int) (user.id() % 3);
  }
}
