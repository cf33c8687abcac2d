package sekisho.verify;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import sekisho.flush.HistoryRows;
import sekisho.login.CounterChange;
import sekisho.login.HistoryEntry;
import sekisho.login.RecordedAttempt;
import sekisho.login.StoreUnavailableException;
import sekisho.login.Thresholds;
import sekisho.mysql.AllowTable;
import sekisho.mysql.Database;
import sekisho.mysql.KeysetPages;
import sekisho.mysql.ServiceState;
import sekisho.mysql.Statements;
import sekisho.net.AllowList;
import sekisho.recovery.CounterRebuild;
import sekisho.recovery.LastLoginsRow;
import sekisho.redis.BlockingRedis;
import sekisho.redis.LastLoginsReader.LastLoginsValue;
import sekisho.redis.MalformedRowException;
import sekisho.redis.QueueRow;
import sekisho.redis.RedisKeys;
import sekisho.report.ReportReader;
import sekisho.verify.Comparison.Kind;
import sekisho.verify.Fact.Source;
import sekisho.verify.Fact.Subject;

/**
 * Folds the login log and the queue, and compares the result with the state tables, the report and
 * the counters in Redis. It may run beside a service under load, changes nothing, and takes no lock
 * that anybody waits for. Calls block.
 *
 * <p>It reads no more than a page at a time, whatever the size of the history, and everything it
 * reads carries the number of the attempt as of which it is true: log rows their own number, since
 * they never change; state tables and report the number {@code counted}, in one short snapshot of
 * MySQL; each page of Redis the sequence number that was read with it in one atomic step. An {@link
 * ExternalSort} by address or user, and then by number, puts what belongs together side by side,
 * and one pass over it compares each thing with the fold of the log as of the same attempt. So the
 * comparison is exact under load though nothing stands still: what attempts change between two
 * reads is in the fold too. The only thing that is not compared is whether Redis lacks a counter
 * that was zero at some moment of its scan.
 *
 * <p>Attempts above the watermark are in the queue, until a flush has committed them to the log and
 * trims them. The queue is read first and then, in the log, what was missing there; so each attempt
 * is found at least once, and in the place where it was not missed it is not looked for again.
 */
public final class Verification {

  /** Differences that are told. */
  private static final int TOLD = 1_000;

  private static final int PAGE = 10_000;
  private static final int LOOKS_AT_A_REPAIR = 100;
  private static final long LOOK_NANOS = 50_000_000;
  private static final String HIGHEST_ID = Statements.statement("state/highest_id");
  private static final String LOCK_IS_FREE = Statements.statement("recovery/lock_is_free");
  private static final String READ_PRUNED_ADDRESSES =
      Statements.statement("recovery/read_pruned_addresses");
  private static final String READ_PRUNED_USERS =
      Statements.statement("recovery/read_pruned_users");
  private static final String READ_PRUNED_LOGINS =
      Statements.statement("recovery/read_pruned_logins");
  private static final String READ_ADDRESSES = Statements.statement("recovery/read_addresses");
  private static final String READ_USERS = Statements.statement("recovery/read_users");
  private static final String READ_LOGINS = Statements.statement("recovery/read_logins");
  private static final String READ_LOSSES = Statements.statement("recovery/read_losses");
  private static final String READ_NAMES = Statements.statement("recovery/read_names");

  private final Database database;
  private final BlockingRedis redis;
  private final RedisKeys keys;
  private final Thresholds thresholds;

  /**
   * What was found.
   *
   * @param logged how many attempts the log holds
   * @param queued how many attempts wait in the queue
   * @param bannedAddresses how many addresses the fold of both finds banned
   * @param lockedUsers how many users the fold of both finds locked
   * @param found how many differences there are
   * @param differences one line for each of the first ones
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record Result(
      long logged,
      long queued,
      long bannedAddresses,
      long lockedUsers,
      long found,
      List<String> differences) {}

  /**
   * Numbers of attempts that were not found in the queue: those above the first one and below the
   * second.
   */
  private record Gap(long above, long below) {}

  public Verification(
      Database database, BlockingRedis redis, RedisKeys keys, Thresholds thresholds) {
    this.database = database;
    this.redis = redis;
    this.keys = keys;
    this.thresholds = thresholds;
  }

  /**
   * Compares everything, and tells up to a thousand differences.
   *
   * @return what was found
   * @throws StoreUnavailableException when Redis is out of reach, or the stores are repaired or
   *     replaced meanwhile
   * @throws sekisho.mysql.DatabaseException when MySQL is out of reach
   * @throws java.io.UncheckedIOException when the temporary file can't be used
   */
  public Result run() {
    return run(TOLD);
  }

  /**
   * Compares everything.
   *
   * @param told how many differences to tell at most, at least 0
   * @return what was found
   * @throws StoreUnavailableException when Redis is out of reach, or the stores are repaired or
   *     replaced meanwhile
   * @throws sekisho.mysql.DatabaseException when MySQL is out of reach
   * @throws java.io.UncheckedIOException when the temporary file can't be used
   */
  public Result run(int told) {
    try (ExternalSort facts = new ExternalSort();
        ExternalSort names = new ExternalSort()) {
      return new Run(new Comparison(told), facts, names).compare();
    }
  }

  /** One comparison. */
  private final class Run {

    private final Comparison comparison;
    private final ExternalSort facts;

    /** What is to be compared by name: the report does not tell ids. */
    private final ExternalSort names;

    private final LogFold fold;
    private long logged;
    private long queued;
    private AllowList allowed = AllowList.NONE;

    Run(Comparison comparison, ExternalSort facts, ExternalSort names) {
      this.comparison = comparison;
      this.facts = facts;
      this.names = names;
      this.fold = new LogFold(facts::add);
    }

    Result compare() {
      ServiceState begin =
          database
              .inTransaction(ServiceState::read)
              .orElseThrow(
                  () -> new StoreUnavailableException("the stores are empty: run `make init`"));
      requireNotReplaced(begin);
      readPruned(begin);
      log(begin.pruned(), begin.counted(), fold::add);
      ServiceState state = database.inSnapshot(transaction -> readTables(transaction, begin));
      log(state.counted(), state.watermark(), fold::add);
      fold.flush();
      RedisScan scan = new RedisScan(redis, keys);
      compareEpochs(scan.began(), state);
      long floor = compareSequence(scan.began(), state);
      readRedis(scan, floor);
      readQueue(scan, state.watermark());
      compareWatermark(scan.began(), state);
      HistoryComparison histories =
          new HistoryComparison(
              thresholds,
              allowed,
              new HistoryComparison.Scope(
                  state.counted(), Math.max(floor, scan.began().sequence())),
              comparison,
              names::add);
      facts.forEach(histories::accept);
      histories.end();
      names.forEach(histories::accept);
      histories.end();
      return new Result(
          logged,
          queued,
          histories.bannedAddresses(),
          histories.lockedUsers(),
          comparison.found(),
          comparison.differences());
    }

    /** Reads the history, in pages of a transaction each: rows that are there do not change. */
    private void log(long above, long upTo, Consumer<HistoryEntry> consumer) {
      log(database::query, above, upTo, consumer);
    }

    private void log(
        KeysetPages.Statements statements, long above, long upTo, Consumer<HistoryEntry> consumer) {
      HistoryRows.read(
          statements,
          above,
          upTo,
          entry -> {
            logged += entry instanceof RecordedAttempt ? 1 : 0;
            consumer.accept(entry);
          },
          (row, problem) ->
              comparison.add(
                  Kind.LOG,
                  "the row with id "
                      + row.getValue(0)
                      + " is no attempt: "
                      + problem.getMessage()));
    }

    /** What the history begins with, where the first attempts were taken out of the log. */
    private void readPruned(ServiceState begin) {
      if (begin.pruned() == 0) {
        return;
      }
      long pruned = begin.pruned();
      rows(
          database::query,
          READ_PRUNED_ADDRESSES,
          "",
          row -> facts.add(pruned(Subject.ADDRESS, row, pruned)));
      rows(
          database::query,
          READ_PRUNED_USERS,
          Long.MIN_VALUE,
          row -> facts.add(pruned(Subject.USER, row, pruned)));
      rows(
          database::query,
          READ_PRUNED_LOGINS,
          Long.MIN_VALUE,
          row ->
              facts.add(
                  new Fact(
                      Subject.USER,
                      row.getLong(0).toString(),
                      pruned,
                      Source.LOG,
                      CounterChange.NONE,
                      LastLoginsValue.format(LastLoginsRow.read(row)))));
    }

    private static Fact pruned(Subject subject, Row row, long pruned) {
      return new Fact(
          subject,
          row.getValue(0).toString(),
          pruned,
          Source.LOG,
          CounterChange.to(row.getLong(1)),
          "");
    }

    /** Reads what changes, as of one moment. */
    private ServiceState readTables(Database.Transaction transaction, ServiceState begin) {
      ServiceState state = ServiceState.read(transaction).orElseThrow(Run::replaced);
      if (!state.epoch().equals(begin.epoch()) || state.pruned() != begin.pruned()) {
        throw replaced();
      }
      if (state.counted() > state.watermark()) {
        comparison.add(
            Kind.STATE,
            "counted: " + state.counted() + ", which is above the watermark " + state.watermark());
      }
      log(transaction::query, begin.counted(), state.counted(), fold::add);
      fold.flush();
      long counted = state.counted();
      rows(
          transaction::query,
          READ_ADDRESSES,
          "",
          row ->
              facts.add(
                  new Fact(
                      Subject.ADDRESS,
                      row.getString(0),
                      counted,
                      Source.FAILURES_TABLE,
                      row.getLong(1),
                      "")));
      rows(
          transaction::query,
          READ_USERS,
          Long.MIN_VALUE,
          row ->
              facts.add(
                  new Fact(
                      Subject.USER,
                      row.getLong(0).toString(),
                      counted,
                      Source.FAILURES_TABLE,
                      row.getLong(1),
                      "")));
      rows(
          transaction::query,
          READ_LOGINS,
          Long.MIN_VALUE,
          row ->
              facts.add(
                  new Fact(
                      Subject.USER,
                      row.getLong(0).toString(),
                      counted,
                      Source.LOGINS_TABLE,
                      0,
                      LastLoginsValue.format(LastLoginsRow.read(row)))));
      rows(
          transaction::query,
          READ_NAMES,
          Long.MIN_VALUE,
          row ->
              facts.add(
                  new Fact(
                      Subject.USER,
                      row.getLong(0).toString(),
                      counted,
                      Source.USERS_TABLE,
                      0,
                      row.getString(1))));
      allowed = AllowTable.load(transaction);
      new ReportReader(thresholds)
          .read(
              transaction,
              address ->
                  facts.add(new Fact(Subject.ADDRESS, address, counted, Source.REPORT, 0, "")),
              name -> names.add(new Fact(Subject.NAME, name, counted, Source.REPORT, 0, "")));
      long highestId = transaction.query(HIGHEST_ID).iterator().next().getLong(0);
      if (highestId > state.watermark()) {
        comparison.add(
            Kind.LOG,
            "goes up to id "
                + highestId
                + ", but only ids up to "
                + state.watermark()
                + " are counted");
      }
      readLosses(transaction);
      return state;
    }

    /**
     * Answered attempts that MySQL refused, and that are neither in the log nor in the queue any
     * more.
     */
    private void readLosses(Database.Transaction transaction) {
      transaction.stream(
          READ_LOSSES,
          row ->
              comparison.add(
                  Kind.QUARANTINE,
                  "attempt "
                      + row.getLong(0)
                      + " was answered and is not in the log: "
                      + row.getString(1)));
    }

    /** Waits a little while a repair changes both: it is not done in one moment. */
    private void compareEpochs(RedisScan.State found, ServiceState state) {
      if (found.epoch().equals(state.epoch())) {
        return;
      }
      for (int look = 0; ; look++) {
        boolean underWay =
            !database
                    .query(LOCK_IS_FREE, CounterRebuild.REPAIR)
                    .iterator()
                    .next()
                    .getLong(0)
                    .equals(1L)
                || !RedisScan.state(redis, keys).paused().isEmpty();
        if (!underWay) {
          break;
        }
        if (look == LOOKS_AT_A_REPAIR) {
          throw new StoreUnavailableException(
              "the stores are being repaired or replaced: compare again when that is done");
        }
        LockSupport.parkNanos(LOOK_NANOS);
      }
      requireUnchanged(state);
      if (!RedisScan.state(redis, keys).epoch().equals(found.epoch())) {
        throw replaced();
      }
      comparison.add(
          Kind.STATE, "epoch: '" + found.epoch() + "' in Redis, '" + state.epoch() + "' in MySQL");
    }

    /**
     * Compares the sequence number with the log and the end of the queue.
     *
     * @return the highest number there
     */
    private long compareSequence(RedisScan.State found, ServiceState state) {
      long reached = state.watermark();
      if (found.last() != null) {
        try {
          reached = Math.max(reached, QueueRow.parse(found.last()).sequence());
        } catch (MalformedRowException e) {
          // Said when the queue is read.
        }
      }
      boolean isNumber = found.sequenceText().equals(Long.toString(found.sequence()));
      if (found.sequence() < reached || !isNumber && !found.sequenceText().isEmpty()) {
        comparison.add(
            Kind.STATE,
            "sequence number: "
                + (isNumber ? found.sequence() : "'" + found.sequenceText() + "'")
                + " in Redis, though the log and the queue go up to "
                + reached);
      }
      return reached;
    }

    private void readRedis(RedisScan scan, long floor) {
      scan.hash(
          keys.addresses(),
          (address, failures, number) ->
              facts.add(
                  new Fact(
                      Subject.ADDRESS,
                      address,
                      Math.max(floor, number),
                      Source.REDIS_FAILURES,
                      0,
                      failures)));
      scan.hash(
          keys.users(),
          (user, failures, number) ->
              facts.add(
                  new Fact(
                      Subject.USER,
                      user,
                      Math.max(floor, number),
                      Source.REDIS_FAILURES,
                      0,
                      failures)));
      scan.hash(
          keys.logins(),
          (user, logins, number) ->
              facts.add(
                  new Fact(
                      Subject.USER,
                      user,
                      Math.max(floor, number),
                      Source.REDIS_LOGINS,
                      0,
                      logins)));
    }

    private void readQueue(RedisScan scan, long watermark) {
      long end = scan.sequence();
      long[] reached = {watermark};
      List<Gap> gaps = new ArrayList<>();
      scan.queue(
          row -> {
            try {
              HistoryEntry entry = QueueRow.parse(row);
              if (entry.sequence() > reached[0]) {
                if (entry.sequence() > reached[0] + 1) {
                  gaps.add(new Gap(reached[0], entry.sequence()));
                }
                reached[0] = entry.sequence();
                queued += entry instanceof RecordedAttempt ? 1 : 0;
                LogFold.single(entry, facts::add);
              } else if (entry.sequence() > watermark) {
                comparison.add(
                    Kind.QUEUE,
                    "attempt " + entry.sequence() + " comes after attempt " + reached[0]);
              }
            } catch (MalformedRowException e) {
              comparison.add(Kind.QUEUE, "a row " + e.getMessage());
            }
          });
      gaps.add(new Gap(reached[0], end + 1));
      for (Gap gap : gaps) {
        log(gap.above(), gap.below() - 1, entry -> LogFold.single(entry, facts::add));
      }
    }

    /**
     * A MySQL that was put back to an older backup is known by this, and nothing is right that was
     * read while it was replaced.
     */
    private void compareWatermark(RedisScan.State found, ServiceState state) {
      ServiceState now = requireUnchanged(state);
      if (now.watermark() < found.flushed()) {
        comparison.add(
            Kind.STATE,
            "watermark: "
                + now.watermark()
                + " in MySQL, though it was "
                + found.flushed()
                + " before");
      }
    }

    private ServiceState requireUnchanged(ServiceState state) {
      return database
          .inTransaction(ServiceState::read)
          .filter(now -> now.epoch().equals(state.epoch()) && now.pruned() == state.pruned())
          .orElseThrow(Run::replaced);
    }

    private static void requireNotReplaced(ServiceState state) {
      if (state.beingReplaced()) {
        throw new StoreUnavailableException(
            "the stores are being replaced; if `make init` was interrupted, run it again");
      }
    }

    private static StoreUnavailableException replaced() {
      return new StoreUnavailableException(
          "the stores were repaired, replaced or pruned meanwhile: compare again");
    }

    private static void rows(
        KeysetPages.Statements statements,
        String statement,
        Object before,
        Consumer<Row> consumer) {
      KeysetPages.read(statements, statement, before, PAGE, page -> page.forEach(consumer));
    }
  }
}
