package sekisho.recovery;

import static sekisho.redis.RedisBackend.request;

import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import sekisho.login.Counters;
import sekisho.login.LastLogins;
import sekisho.login.RecordedAttempt;
import sekisho.login.StoreUnavailableException;
import sekisho.login.Thresholds;
import sekisho.mysql.Database;
import sekisho.mysql.KeysetPages;
import sekisho.mysql.ServiceState;
import sekisho.mysql.Sql;
import sekisho.redis.LastLoginsValue;
import sekisho.redis.MalformedRowException;
import sekisho.redis.QueueRow;
import sekisho.redis.RedisBackend;
import sekisho.redis.RedisKeys;
import sekisho.report.LoggedAttempts;
import sekisho.report.Report;
import sekisho.report.ReportReader;

/**
 * Folds the login log and the queue, and compares the result with the state tables, the report and the counters in
 * Redis. It may run beside a service under load: it looks at one moment, in which no flush is half done. Calls block.
 */
public final class Verification {

  private static final int PAGE = 20_000;
  private static final String HIGHEST_ID = Sql.statement("recovery/highest_id.sql");
  private static final String READ_ADDRESSES = Sql.statement("recovery/read_addresses.sql");
  private static final String READ_USERS = Sql.statement("recovery/read_users.sql");
  private static final String READ_LOGINS = Sql.statement("recovery/read_logins.sql");
  private static final String READ_LOSSES = Sql.statement("recovery/read_losses.sql");
  private static final String LOAD_USERS = Sql.statement("recovery/read_names.sql");

  private static final Duration SNAPSHOT_LIMIT = Duration.ofMinutes(1);

  private final Database database;
  private final RedisBackend redis;
  private final RedisKeys keys;
  private final Thresholds thresholds;

  /**
   * What was found.
   *
   * @param logged how many attempts the log holds
   * @param queued how many attempts wait in the queue
   * @param bannedAddresses how many addresses the fold of both finds banned
   * @param lockedUsers how many users the fold of both finds locked
   * @param differences one line for each difference
   */
  public record Result(long logged, long queued, long bannedAddresses, long lockedUsers, List<String> differences) {
  }

  /** The attempts that wait, and the number of the newest one, or the watermark when there are none. */
  private record Queued(long attempts, long reached) {
  }

  /** Redis at one moment. */
  private record Snapshot(Response state, Map<String, String> addresses, Map<String, String> users,
      Map<String, String> logins, List<byte[]> queue) {
  }

  /**
   * Makes the verification.
   *
   * @param database the history
   * @param redis the counters and the queue
   * @param keys the names of their keys
   * @param thresholds the limits of the report
   */
  public Verification(Database database, RedisBackend redis, RedisKeys keys, Thresholds thresholds) {
    this.database = database;
    this.redis = redis;
    this.keys = keys;
    this.thresholds = thresholds;
  }

  /**
   * Compares everything.
   *
   * @return what was found
   */
  public Result run() {
    // The lock on the watermark keeps flushes out, so that log, state tables and queue belong together.
    return database.inTransaction(transaction -> {
      ServiceState state = ServiceState.lock(transaction)
          .orElseThrow(() -> new StoreUnavailableException("the stores are empty: run `make init`"));
      Snapshot snapshot = snapshot();
      Comparison comparison = new Comparison();
      Counters counters = new Counters();
      long logged = LoggedAttempts.read(transaction, Long.MIN_VALUE, state.counted(), counters::apply);
      compareStateTables(transaction, counters, comparison);
      compareReport(transaction, counters, comparison);
      logged += LoggedAttempts.read(transaction, state.counted(), state.watermark(), counters::apply);
      long highestId = transaction.query(HIGHEST_ID).iterator().next().getLong(0);
      if (highestId > state.watermark()) {
        comparison.add("login_log: goes up to id " + highestId + ", but only ids up to " + state.watermark()
            + " are counted");
      }
      transaction.query(READ_LOSSES).forEach(row -> comparison.add(
          "quarantine: attempt " + row.getLong(0) + " was answered and is not in the log: " + row.getString(1)));
      Queued queued = foldQueue(snapshot, state.watermark(), counters, comparison);
      compareRedis(snapshot, state, queued.reached(), counters, comparison);
      return new Result(logged, queued.attempts(),
          over(counters.addressFailures(), thresholds.ipBan()), over(counters.userFailures(), thresholds.userLock()),
          comparison.differences());
    });
  }

  private Snapshot snapshot() {
    List<Response> replies = redis.send(SNAPSHOT_LIMIT, List.of(
        request(Command.MULTI),
        request(Command.HMGET, keys.state(), "generation", "sequence"),
        request(Command.HGETALL, keys.addresses()),
        request(Command.HGETALL, keys.users()),
        request(Command.HGETALL, keys.logins()),
        request(Command.LRANGE, keys.queue(), 0, -1),
        request(Command.EXEC)));
    Response all = replies.get(replies.size() - 1);
    List<byte[]> queue = new ArrayList<>();
    all.get(4).forEach(row -> queue.add(row.toBytes()));
    return new Snapshot(all.get(0), hash(all.get(1)), hash(all.get(2)), hash(all.get(3)), queue);
  }

  private static Map<String, String> hash(Response reply) {
    Map<String, String> hash = new HashMap<>();
    for (int i = 0; i + 1 < reply.size(); i += 2) {
      hash.put(reply.get(i).toString(), reply.get(i + 1).toString());
    }
    return hash;
  }

  private static void compareStateTables(Database.Transaction transaction, Counters counters, Comparison comparison) {
    Map<String, Long> addresses = new HashMap<>();
    rows(transaction, READ_ADDRESSES, "", row -> addresses.put(row.getString(0), row.getLong(1)));
    comparison.compare("address_failures: address", counters.addressFailures(), addresses);
    Map<Long, Long> users = new HashMap<>();
    rows(transaction, READ_USERS, Long.MIN_VALUE, row -> users.put(row.getLong(0), row.getLong(1)));
    comparison.compare("user_failures: user", counters.userFailures(), users);
    Map<Long, LastLogins> logins = new HashMap<>();
    rows(transaction, READ_LOGINS, Long.MIN_VALUE, row -> logins.put(row.getLong(0), LastLoginsRow.read(row)));
    comparison.compare("last_logins: user", counters.lastLogins(), logins);
  }

  private void compareReport(Database.Transaction transaction, Counters counters, Comparison comparison) {
    Map<Long, String> names = new HashMap<>();
    rows(transaction, LOAD_USERS, Long.MIN_VALUE, row -> names.put(row.getLong(0), row.getString(1)));
    Set<String> banned = counters.addressFailures().entrySet().stream()
        .filter(entry -> entry.getValue() >= thresholds.ipBan()).map(Map.Entry::getKey).collect(Collectors.toSet());
    Set<String> locked = counters.userFailures().entrySet().stream()
        .filter(entry -> entry.getValue() >= thresholds.userLock() && names.containsKey(entry.getKey()))
        .map(entry -> names.get(entry.getKey())).collect(Collectors.toSet());
    Report report = new ReportReader(thresholds).read(transaction);
    comparison.compare("report: banned address", banned, Set.copyOf(report.bannedIps()));
    comparison.compare("report: locked user", locked, Set.copyOf(report.lockedUsers()));
  }

  private static Queued foldQueue(Snapshot snapshot, long watermark, Counters counters, Comparison comparison) {
    long reached = watermark;
    long queued = 0;
    for (byte[] row : snapshot.queue()) {
      try {
        RecordedAttempt attempt = QueueRow.parse(row);
        if (attempt.sequence() > reached) {
          counters.apply(attempt);
          reached = attempt.sequence();
          queued++;
        } else if (attempt.sequence() > watermark) {
          comparison.add("queue: attempt " + attempt.sequence() + " comes after attempt " + reached);
        }
      } catch (MalformedRowException e) {
        comparison.add("queue: a row " + e.getMessage());
      }
    }
    return new Queued(queued, reached);
  }

  private static void compareRedis(Snapshot snapshot, ServiceState state, long atLeast, Counters counters,
      Comparison comparison) {
    String generation = snapshot.state().get(0) == null ? "" : snapshot.state().get(0).toString();
    if (!generation.equals(state.generation())) {
      comparison.add("generation: '" + generation + "' in Redis, '" + state.generation() + "' in MySQL");
    }
    long sequence = snapshot.state().get(1) == null ? 0 : snapshot.state().get(1).toLong();
    if (sequence < atLeast) {
      comparison.add("sequence number: " + sequence + " in Redis, though the log and the queue go up to " + atLeast);
    }
    comparison.compare("counter in Redis: address", texts(counters.addressFailures(), Object::toString),
        snapshot.addresses());
    comparison.compare("counter in Redis: user", texts(counters.userFailures(), Object::toString), snapshot.users());
    comparison.compare("last logins in Redis: user", texts(counters.lastLogins(), LastLoginsValue::format),
        snapshot.logins());
  }

  private static <K, V> Map<String, String> texts(Map<K, V> map, Function<V, String> format) {
    return map.entrySet().stream()
        .collect(Collectors.toMap(entry -> entry.getKey().toString(), entry -> format.apply(entry.getValue())));
  }

  private static long over(Map<?, Long> failures, int threshold) {
    return failures.values().stream().filter(count -> count >= threshold).count();
  }

  private static long rows(Database.Transaction transaction, String statement, Object before, Consumer<Row> consumer,
      Object... parameters) {
    return KeysetPages.read(transaction, statement, before, PAGE, page -> page.forEach(consumer), parameters);
  }
}
