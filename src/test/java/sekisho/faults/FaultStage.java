package sekisho.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import sekisho.app.Settings;
import sekisho.app.SettingsLoader;
import sekisho.app.Stores;
import sekisho.dev.seed.SeedDataset;
import sekisho.dev.server.Durability;
import sekisho.dev.server.Endpoints;
import sekisho.login.HistoryEntry;
import sekisho.login.OperatorAct;
import sekisho.login.Thresholds;
import sekisho.metrics.ServiceMetrics;
import sekisho.testing.HttpProbe;
import sekisho.testing.HttpReply;
import sekisho.testing.RedisProbe;
import sekisho.testing.ServiceHome;
import sekisho.testing.SmallStores;
import sekisho.testing.SqlProbe;
import sekisho.testing.TestServers;
import sekisho.testing.TestUser;
import sekisho.testing.Until;
import sekisho.testing.Waiting;
import sekisho.testing.history.ClientAct;
import sekisho.testing.history.ClientAttempt;
import sekisho.testing.history.History;
import sekisho.testing.history.HistoryChecker;
import sekisho.testing.history.HistoryLoad;
import sekisho.testing.history.ReportProbe;
import sekisho.testing.history.ReportRead;
import sekisho.testing.history.Seen;
import sekisho.testing.history.StoredHistory;
import sekisho.testing.history.Violation;
import sekisho.verify.Verification;

/**
 * What a fault test plays on: servers of its own, places to run the service in, and a load whose
 * history is checked. It serves all repetitions of a class, so that the history grows from one to
 * the next.
 */
public final class FaultStage implements AutoCloseable {

  /**
   * What may be wrong with answers and reports where attempts come back at the end of the log: two
   * primaries decided them (SPEC.md, section 11), or the log lacked them for a while.
   */
  static final Set<Violation.Kind> OUT_OF_ORDER =
      EnumSet.of(
          Violation.Kind.REORDERED,
          Violation.Kind.ROW_AGAINST_FOLD,
          Violation.Kind.ANSWER_AGAINST_ADDRESS,
          Violation.Kind.ANSWER_AGAINST_USER,
          Violation.Kind.ANSWER_AGAINST_PASSWORD,
          Violation.Kind.TOO_MANY_WRONG_FOR_USER,
          Violation.Kind.TOO_MANY_WRONG_FOR_ADDRESS,
          Violation.Kind.REPORT_MISSING,
          Violation.Kind.REPORT_EXTRA);

  private static final int USERS = 20_000;
  private static final int VIOLATIONS_SHOWN = 20;
  private static final String TOKEN = "fedcba9876543210".repeat(2);
  private static final String SESSION_KEY = "0123456789abcdef".repeat(4);

  private final TestServers servers;
  private final SmallStores stores;
  private final List<ServiceHome> homes = new CopyOnWriteArrayList<>();
  private final List<ReportRead> reports = new ArrayList<>();
  private final Set<Seen> lostBefore = new HashSet<>();
  private final Set<Violation> told = new HashSet<>();
  private final HistoryLoad load;
  private final long before;
  private long skipped;

  private FaultStage(TestServers servers, SmallStores stores, List<TestUser> users, long before) {
    this.servers = servers;
    this.stores = stores;
    this.load =
        new HistoryLoad(users, System.nanoTime())
            .readingReports(this::remember)
            .withActs(this::takeAct);
    this.before = before;
  }

  /** A stage whose servers keep what they have through the death of any process. */
  public static FaultStage set() {
    return set(Durability.PROCESS_DEATH);
  }

  /** A stage whose servers are as durable as said. */
  public static FaultStage set(Durability durability) {
    return set(TestServers.start(durability));
  }

  /** A stage with these servers, which run; they are closed with it. */
  public static FaultStage set(TestServers servers) {
    return new FaultStage(
        servers,
        SmallStores.withUsers(servers.endpoints(), USERS + 1),
        SmallStores.users(USERS),
        0);
  }

  /** A stage on these stores, one of which is not that of the servers; they are closed with it. */
  public static FaultStage set(TestServers servers, Endpoints endpoints) {
    return new FaultStage(
        servers, SmallStores.withUsers(endpoints, USERS + 1), SmallStores.users(USERS), 0);
  }

  /** A stage with a single home, in which {@code run} starts servers and loads the seed data. */
  public static FaultStage seeded() {
    SeedDataset seed = SeedDataset.generate();
    List<TestUser> users =
        seed.users().subList(0, USERS).stream()
            .map(user -> new TestUser(user.id(), user.login(), user.password()))
            .toList();
    return new FaultStage(null, null, users, seed.attempts().size());
  }

  /** A user whom the load leaves alone. */
  public static TestUser member() {
    return SmallStores.users(USERS + 1).get(USERS);
  }

  /** One more place to run the service in, on these stores. */
  public ServiceHome home() {
    ServiceHome home =
        new ServiceHome()
            .with("SEKISHO_SESSION_KEY", SESSION_KEY)
            .with("SEKISHO_MANAGEMENT_TOKEN", "tester:" + TOKEN);
    if (stores != null) {
      home.with(stores);
    }
    homes.add(home);
    return home;
  }

  /** The servers of a stage that is not seeded. */
  public TestServers servers() {
    return servers;
  }

  /** The database and the prefix of the keys of a stage that is not seeded. */
  public SmallStores stores() {
    return stores;
  }

  /** The URL of Redis. */
  public String redisUrl() {
    return stores == null ? homes.get(0).servers().redis().url() : stores.redisUrl();
  }

  /** The URL of the database. */
  public String mysqlUrl() {
    return stores == null ? homes.get(0).servers().mariaDb().url() : stores.mysqlUrl();
  }

  /** What the keys in Redis begin with. */
  public String prefix() {
    return stores == null ? "{sekisho}:" : stores.prefix();
  }

  /** The load; not started. */
  public HistoryLoad load() {
    return load;
  }

  /** Keeps a report, to be checked with the history. Thread-safe. */
  public void remember(ReportRead report) {
    synchronized (reports) {
      reports.add(report);
    }
  }

  /**
   * Forgets the reports so far: they were checked, or the history that they belong to is no more.
   */
  public void forgetReports() {
    synchronized (reports) {
      reports.clear();
    }
  }

  /**
   * Has no reports read and no acts taken while the load runs, for tests that count flushes or hold
   * one of their commands: each of them is followed by a flush.
   */
  public FaultStage withoutReports() {
    load.readingReports(null).withActs(null);
    return this;
  }

  /** By one instance after the other, whichever runs. */
  private boolean takeAct(OperatorAct act) {
    String body =
        new JsonObject()
            .put("subject", act.subject())
            .put("user", act.userId().isPresent())
            .put("reason", act.reason())
            .encode();
    HttpReply reply =
        HttpProbe.once(
            homes.get(Math.floorMod(act.reason().hashCode(), homes.size())).managementPort(),
            "POST /"
                + act.kind().name().toLowerCase(Locale.ROOT)
                + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer "
                + TOKEN
                + "\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n"
                + body);
    if (reply.status() != 200 && reply.status() != 503) {
      throw new AssertionError("an act: " + reply);
    }
    return reply.status() == 200 && reply.json().get("logged").booleanValue();
  }

  /**
   * Leaves out rows up to this number, which have nothing to do with the load and are the test's
   * own business.
   */
  public void skip(long rows) {
    skipped = rows;
  }

  /** Asks for a report until there is one, and keeps it. */
  public void report(ServiceHome home) {
    Until.isTrue(
        "a report",
        () -> {
          Optional<ReportRead> report = ReportProbe.ask(home.port());
          report.ifPresent(this::remember);
          return report.isPresent();
        });
  }

  /**
   * Stops the load, asks this service for a report, and checks the whole history so far. What is
   * wrong is told once, so that later repetitions stand for themselves.
   *
   * @return the history, for further questions
   */
  public History assertNothingLost(Object when, ServiceHome home) {
    return assertHistory(when, home, attempt -> false);
  }

  /**
   * The same, where two Redis accepted attempts for a while: what the promise says of the answers
   * may be broken then, and is counted.
   *
   * @param tolerated kinds of what may be wrong
   * @return how often each was
   */
  public Map<Violation.Kind, Long> assertNothingWorse(
      Object when, ServiceHome home, Set<Violation.Kind> tolerated) {
    load.stop();
    report(home);
    Map<Boolean, List<Violation>> violations =
        new HistoryChecker(Thresholds.DEFAULT)
            .check(history()).stream()
                .filter(told::add)
                .collect(Collectors.partitioningBy(found -> tolerated.contains(found.kind())));
    forgetReports();
    if (!violations.get(false).isEmpty()) {
      throw new AssertionError(when + "\n" + describe(violations.get(false)));
    }
    return violations.get(true).stream()
        .collect(Collectors.groupingBy(Violation::kind, TreeMap::new, Collectors.counting()));
  }

  /**
   * The same, where Redis itself lost its data: says which attempts and acts may be lost with them.
   */
  public History assertHistory(Object when, ServiceHome home, Predicate<Seen> mayBeLost) {
    load.stop();
    report(home);
    History history = history().losing(mayBeLost.or(lostBefore::contains));
    List<Violation> violations =
        new HistoryChecker(Thresholds.DEFAULT).check(history).stream().filter(told::add).toList();
    lostBefore.addAll(HistoryChecker.missing(history));
    lostBefore.addAll(HistoryChecker.missingActs(history));
    forgetReports();
    if (!violations.isEmpty()) {
      throw new AssertionError(when + "\n" + describe(violations));
    }
    assertThat(load.oddities())
        .as("%s: answers that are neither an outcome nor 503", when)
        .isEmpty();
    System.out.printf(
        "%s: %d attempts answered, %d refused with 503, %d cut off, %d acts confirmed; nothing wrong%n",
        when,
        load.answered(),
        load.refused(),
        load.cutOff(),
        load.acts().stream().filter(ClientAct::confirmed).count());
    return history;
  }

  /** What clients saw and the stores hold now. */
  public History history() {
    List<ClientAttempt> attempts = load.attempts();
    try (SqlProbe sql = new SqlProbe(mysqlUrl());
        RedisProbe redis = new RedisProbe(redisUrl(), prefix())) {
      List<HistoryEntry> log = StoredHistory.read(sql, redis, prefix(), skipped);
      synchronized (reports) {
        return new History(attempts, load.acts(), log, before, List.copyOf(reports), differences());
      }
    }
  }

  /** What the service's own verification finds. */
  public List<String> differences() {
    Map<String, String> environment =
        new HashMap<>(
            Map.of(
                "SEKISHO_REDIS_URL",
                redisUrl(),
                "SEKISHO_MYSQL_URL",
                mysqlUrl(),
                "SEKISHO_REDIS_KEY_PREFIX",
                prefix()));
    Settings settings = SettingsLoader.load(Optional.empty(), environment);
    Vertx vertx = Vertx.vertx();
    try (Stores wired = Stores.of(vertx, settings, new ServiceMetrics())) {
      return new Verification(wired.database(), wired.redis(), wired.keys(), settings.thresholds())
          .run()
          .differences();
    } finally {
      Waiting.on(vertx.close());
    }
  }

  @Override
  public void close() {
    load.close();
    homes.forEach(ServiceHome::close);
    if (servers != null) {
      servers.close();
    }
  }

  private static String describe(List<Violation> violations) {
    return violations.stream()
            .collect(Collectors.groupingBy(Violation::kind, Collectors.counting()))
        + "\n"
        + violations.stream()
            .limit(VIOLATIONS_SHOWN)
            .map(Violation::toString)
            .collect(Collectors.joining("\n"));
  }
}
