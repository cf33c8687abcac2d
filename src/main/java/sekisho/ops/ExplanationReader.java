package sekisho.ops;

import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import sekisho.flush.HistoryRows;
import sekisho.flush.LogFilters;
import sekisho.login.CounterChange;
import sekisho.login.HistoryEntry;
import sekisho.login.LastLogins;
import sekisho.login.OperatorAct;
import sekisho.login.RecordedAttempt;
import sekisho.login.StoreUnavailableException;
import sekisho.login.Thresholds;
import sekisho.mysql.AllowTable;
import sekisho.mysql.Database;
import sekisho.mysql.ServiceState;
import sekisho.mysql.Statements;
import sekisho.redis.BlockingRedis;
import sekisho.redis.LastLoginsReader.LastLoginsValue;
import sekisho.redis.LoginQueue;
import sekisho.redis.MalformedRowException;
import sekisho.redis.RedisKeys;

/**
 * Reads why an address or a user is let in or not: the counter from Redis, which decides; the rest
 * from queue, state tables and log. Changes nothing. Calls block. Thread-safe.
 */
public final class ExplanationReader {

  /** How many attempts are shown at most. */
  public static final int ATTEMPTS = 100;

  private static final int PAGE = 1_000;

  /** Runs of the log that one statement finds by their filters. */
  private static final int RUNS = 200;

  /** Rows without a filter that one statement looks at, twice as many each time. */
  private static final long FIRST_WINDOW = 10_000;

  private static final long LARGEST_WINDOW = 320_000;
  private static final long LONGEST_SEARCH_NANOS = 1_900_000_000L;
  private static final String ADDRESS_STATE = Statements.statement("report/address_state");
  private static final String USER_STATE = Statements.statement("report/user_state");
  private static final String EVENTS = Statements.statement("report/events_of");
  private static final String OF_ADDRESS = Statements.statement("report/ids_of_address");
  private static final String OF_USER = Statements.statement("report/ids_of_user");
  private static final String READ = Statements.statement("flush/read_attempts");

  private final Database database;
  private final BlockingRedis redis;
  private final RedisKeys keys;
  private final LoginQueue queue;
  private final Thresholds thresholds;
  private final LogFilters filters;

  public ExplanationReader(
      Database database,
      BlockingRedis redis,
      RedisKeys keys,
      LoginQueue queue,
      Thresholds thresholds) {
    this.database = database;
    this.redis = redis;
    this.keys = keys;
    this.queue = queue;
    this.thresholds = thresholds;
    this.filters = new LogFilters(database);
  }

  /**
   * Explains.
   *
   * @throws StoreUnavailableException when Redis can't be reached, or holds no history
   * @throws sekisho.mysql.DatabaseException when MySQL can't be reached
   */
  public Explanation read(Subject subject) {
    return new Reading(subject).explanation();
  }

  /** One explanation. */
  private final class Reading {

    private final Subject subject;
    private final int threshold;

    /** What the queue holds of the subject, by number. */
    private final TreeMap<Long, HistoryEntry> queued = new TreeMap<>();

    private final TreeMap<Long, RecordedAttempt> logged = new TreeMap<>();

    Reading(Subject subject) {
      this.subject = subject;
      this.threshold = subject.isUser() ? thresholds.userLock() : thresholds.ipBan();
    }

    Explanation explanation() {
      long counter = counter();
      readQueue();
      ServiceState state =
          database
              .inTransaction(ServiceState::read)
              .orElseThrow(
                  () -> new StoreUnavailableException("the stores are empty: run `make init`"));
      // What MySQL has by now may have been in the queue a moment before.
      queued.headMap(state.watermark(), true).clear();
      List<OperatorAct> acts = acts();
      boolean allowed =
          !subject.isUser() && new AllowTable(database).load().contains(subject.name());
      Instant since = counter >= threshold && !allowed ? since(counter, state, acts) : null;
      long searched = searchLog(state);
      return new Explanation(
          subject.isUser() ? null : subject.name(),
          subject.isUser() ? subject.name() : null,
          verdict(counter, allowed),
          CounterChange.failuresOf(counter),
          threshold,
          counter >= CounterChange.BARRED,
          since == null ? null : since.toString(),
          lastLogins(),
          acts.stream()
              .map(
                  act ->
                      new Explanation.Act(
                          act.sequence(),
                          act.at().toString(),
                          act.kind().name().toLowerCase(Locale.ROOT),
                          act.operator(),
                          act.reason()))
              .toList(),
          attempts(),
          searched);
    }

    private String verdict(long counter, boolean allowed) {
      if (allowed) {
        return "allowed";
      }
      if (counter < threshold) {
        return "open";
      }
      return subject.isUser() ? "locked" : "banned";
    }

    private String field() {
      return subject.isUser() ? Long.toString(subject.userId().getAsLong()) : subject.name();
    }

    private long counter() {
      List<Response> replies =
          redis.send(
              List.of(
                  BlockingRedis.request(
                      Command.HGET, subject.isUser() ? keys.users() : keys.addresses(), field()),
                  BlockingRedis.request(Command.HGET, keys.state(), "generation")));
      if (replies.get(1) == null) {
        throw new StoreUnavailableException(
            "Redis holds no history now: the stores are being compared or repaired, or no instance has used them yet");
      }
      try {
        return replies.get(0) == null ? 0 : Long.parseLong(replies.get(0).toString());
      } catch (NumberFormatException e) {
        throw new StoreUnavailableException(
            "what Redis counts for " + subject.text() + " is no number: '" + replies.get(0) + "'");
      }
    }

    private void readQueue() {
      queue.readBackwards(
          PAGE,
          entries -> {
            entries.stream()
                .filter(this::isOfSubject)
                .forEach(entry -> queued.put(entry.sequence(), entry));
            return true;
          });
    }

    private boolean isOfSubject(HistoryEntry entry) {
      if (entry instanceof OperatorAct act) {
        return act.userId().equals(subject.userId())
            && (subject.isUser() || act.subject().equals(subject.name()));
      }
      return entry instanceof RecordedAttempt attempt
          && (subject.isUser()
              ? attempt.userId().equals(subject.userId())
              : attempt.address().equals(subject.name()));
    }

    /** The newest first. */
    private List<OperatorAct> acts() {
      List<OperatorAct> acts = new ArrayList<>();
      queued.values().stream()
          .filter(OperatorAct.class::isInstance)
          .map(OperatorAct.class::cast)
          .forEach(acts::add);
      for (Row row : database.query(EVENTS, subject.name())) {
        OperatorAct act = HistoryRows.act(row);
        if (isOfSubject(act)) {
          acts.add(act);
        }
      }
      acts.sort(Comparator.comparingLong(OperatorAct::sequence).reversed());
      return acts;
    }

    /** When the ban or lock began, by an operator or by failures, whichever was first. */
    private @Nullable Instant since(long counter, ServiceState state, List<OperatorAct> acts) {
      Instant byFailures =
          CounterChange.failuresOf(counter) >= threshold ? sinceFailures(state, acts) : null;
      Instant byOperator = null;
      if (counter >= CounterChange.BARRED) {
        for (OperatorAct act : acts) {
          if (act.kind() == OperatorAct.Kind.PARDON) {
            break;
          }
          byOperator = act.at();
        }
      }
      return byFailures == null || byOperator != null && byOperator.isBefore(byFailures)
          ? byOperator
          : byFailures;
    }

    private @Nullable Instant sinceFailures(ServiceState state, List<OperatorAct> acts) {
      long failures = 0;
      Instant since = null;
      for (Row row :
          subject.isUser()
              ? database.query(USER_STATE, subject.userId().getAsLong())
              : database.query(ADDRESS_STATE, subject.name())) {
        failures = CounterChange.failuresOf(row.getLong(0));
        since =
            row.getLocalDateTime(1) == null
                ? null
                : row.getLocalDateTime(1).toInstant(ZoneOffset.UTC);
      }
      boolean pardoned = acts.stream().anyMatch(act -> act.sequence() > state.counted());
      if (since != null && !pardoned) {
        // Whoever is refused has no success that could end it.
        return since;
      }
      TreeMap<Long, HistoryEntry> later = new TreeMap<>(queued);
      if (state.counted() < state.watermark()) {
        read(ids(state.counted(), state.watermark()))
            .forEach(attempt -> later.put(attempt.sequence(), attempt));
      }
      acts.stream()
          .filter(act -> act.sequence() > state.counted())
          .forEach(act -> later.put(act.sequence(), act));
      for (Map.Entry<Long, HistoryEntry> each : later.entrySet()) {
        long change =
            each.getValue() instanceof OperatorAct act
                ? act.change()
                : CounterChange.of((RecordedAttempt) each.getValue());
        long after = CounterChange.failuresOf(CounterChange.apply(failures, change));
        since = after < threshold ? null : failures < threshold ? each.getValue().at() : since;
        failures = after;
      }
      return since;
    }

    /**
     * Finds the newest attempts in the log, from its end.
     *
     * @return the number above which all were looked at, 0 for the whole log
     */
    private long searchLog(ServiceState state) {
      LogSearch search = new LogSearch(state.watermark(), ATTEMPTS - queuedAttempts());
      search.readDownTo(Math.max(state.pruned(), filters.end()));
      search.readRuns();
      search.readDownTo(state.pruned());
      search.keepNewest();
      read(search.found).forEach(attempt -> logged.put(attempt.sequence(), attempt));
      return search.upTo <= state.pruned() ? 0 : search.upTo;
    }

    /** A search for numbers of attempts, from the end of the log. */
    private final class LogSearch {

      private final long deadline = System.nanoTime() + LONGEST_SEARCH_NANOS;
      private final TreeSet<Long> found = new TreeSet<>();
      private final int wanted;

      /** All above it were looked at. */
      private long upTo;

      LogSearch(long upTo, int wanted) {
        this.upTo = upTo;
        this.wanted = wanted;
      }

      private boolean goesOn() {
        return found.size() < wanted && System.nanoTime() < deadline;
      }

      /** Looks at each attempt. */
      void readDownTo(long end) {
        for (long window = FIRST_WINDOW;
            upTo > end && goesOn();
            window = Math.min(2 * window, LARGEST_WINDOW)) {
          long above = Math.max(end, upTo - window);
          found.addAll(ids(above, upTo));
          upTo = above;
        }
      }

      /** Looks at the runs whose filters do not say no. */
      void readRuns() {
        List<LogFilters.Run> runs = List.of();
        do {
          if (!goesOn()) {
            return;
          }
          runs = filters.withSubject(field(), upTo, RUNS);
          for (LogFilters.Run run : runs) {
            upTo = run.upTo();
            if (!goesOn()) {
              return;
            }
            found.addAll(ids(run.above(), run.upTo()));
            upTo = run.above();
          }
        } while (runs.size() == RUNS);
        upTo = Math.min(upTo, filters.begin(upTo));
      }

      void keepNewest() {
        while (found.size() > wanted) {
          upTo = found.pollFirst();
        }
      }
    }

    private List<Long> ids(long above, long upTo) {
      List<Long> ids = new ArrayList<>();
      (subject.isUser()
              ? database.query(OF_USER, above, upTo, subject.userId().getAsLong())
              : database.query(OF_ADDRESS, above, upTo, subject.name()))
          .forEach(row -> ids.add(row.getLong(0)));
      return ids;
    }

    private List<RecordedAttempt> read(Collection<Long> ids) {
      List<RecordedAttempt> attempts = new ArrayList<>();
      database.queryRows(
          READ,
          ids,
          (json, id) -> json.writeNumber(id),
          PAGE,
          rows -> rows.forEach(row -> attempts.add(HistoryRows.attempt(row))));
      return attempts;
    }

    private int queuedAttempts() {
      return (int) queued.values().stream().filter(RecordedAttempt.class::isInstance).count();
    }

    private List<Explanation.Attempt> attempts() {
      TreeMap<Long, Explanation.Attempt> all = new TreeMap<>(Comparator.reverseOrder());
      logged.values().forEach(attempt -> all.put(attempt.sequence(), attempt(attempt, true)));
      for (HistoryEntry entry : queued.values()) {
        if (entry instanceof RecordedAttempt attempt) {
          all.put(attempt.sequence(), attempt(attempt, false));
        }
      }
      return all.values().stream().limit(ATTEMPTS).toList();
    }

    private static Explanation.Attempt attempt(RecordedAttempt attempt, boolean logged) {
      return new Explanation.Attempt(
          attempt.sequence(),
          attempt.at().toString(),
          attempt.login(),
          attempt.address(),
          attempt.succeeded(),
          logged);
    }

    private List<Explanation.Login> lastLogins() {
      Response value =
          subject.isUser()
              ? redis.send(BlockingRedis.request(Command.HGET, keys.logins(), field()))
              : null;
      if (value == null) {
        return List.of();
      }
      try {
        LastLogins logins = LastLoginsValue.parse(value.toString());
        List<Explanation.Login> last = new ArrayList<>();
        last.add(new Explanation.Login(logins.newest().at().toString(), logins.newest().address()));
        logins
            .previous()
            .ifPresent(one -> last.add(new Explanation.Login(one.at().toString(), one.address())));
        return last;
      } catch (MalformedRowException e) {
        throw new StoreUnavailableException(
            "the last logins of " + subject.text() + " in Redis: " + e.getMessage());
      }
    }
  }
}
