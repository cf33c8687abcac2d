package sekisho.flush;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.flush.LoadDataWriter.LoadDataException;
import sekisho.flush.LoadDataWriter.LoadDataFile;
import sekisho.flush.QueueReader.Portion;
import sekisho.login.HistoryEntry;
import sekisho.login.RecordedAttempt;
import sekisho.login.StoreFormat;
import sekisho.login.StoreUnavailableException;
import sekisho.login.Thresholds;
import sekisho.metrics.Event;
import sekisho.metrics.ServiceMetrics;
import sekisho.mysql.Database;
import sekisho.mysql.DatabaseException;
import sekisho.mysql.ServiceState;
import sekisho.mysql.Statements;
import sekisho.redis.AdmittedEpoch;
import sekisho.redis.LoginQueue;
import sekisho.redis.QueueRow;

/**
 * Moves the queue into {@code login_log}, exactly once and in order (SPEC section 5). One step is
 * one transaction that holds the lock on the watermark; the queue is trimmed after the commit, by
 * sequence number. A step that is cut short anywhere is made good by the next one, which skips what
 * the watermark covers. Attempts that MySQL refuses one by one are put into quarantine instead of
 * the log, and block no other. The state tables follow when they are asked for, or when much has
 * gathered: see {@link StateCount}.
 */
public final class QueueFlush {

  private static final Logger LOG = LoggerFactory.getLogger(QueueFlush.class);

  /**
   * Portions of one transaction at full speed: more would save little, and keep who waits for the
   * lock waiting.
   */
  private static final int PORTIONS = 10;

  private static final long TELL_NANOS = 2_000_000_000L;
  private static final String MOVE_WATERMARK = Statements.statement("flush/move_watermark");
  private static final long REPEAT_NANOS = 60_000_000_000L;
  private static final int NAMED_SINGLY = 100;

  private final Database database;
  private final LoginQueue queue;
  private final AdmittedEpoch admitted;
  private final LoadDataWriter bulkLoad;
  private final StateCount stateCount;
  private final int chunk;
  private final Thresholds thresholds;
  private final ServiceMetrics metrics;
  private long stoppedAt = System.nanoTime() - REPEAT_NANOS;

  /** Whose queue may be flushed. */
  private enum Mode {
    /** That of the epoch in force. */
    SERVING,
    /** Whatever is there, before the counters are rebuilt and while no attempt is accepted. */
    REPAIR
  }

  /**
   * How one step ended.
   *
   * @param before the state before it
   * @param watermark the watermark after it
   * @param rows how many rows it looked at
   * @param appended how many of them were new
   * @param changes what these change in the state tables, if that is known
   * @param inPlace how many rows may be removed if the last one is still in its place
   * @param last the last row
   * @param outliers rows that trimming by number does not remove
   * @param aside rows that were put into quarantine
   * @param more whether the queue may hold more
   * @param state of Redis, when the last rows were read
   * @param unknown the version of the row that comes next, if this service can't read it; else
   *     empty
   */
  private record Step(
      ServiceState before,
      long watermark,
      long rows,
      long appended,
      Optional<StateDelta> changes,
      long inPlace,
      byte[] last,
      List<byte[]> outliers,
      List<Aside> aside,
      boolean more,
      LoginQueue.State state,
      String unknown) {}

  /**
   * A row that is not in the log, why, and the number of the answered attempt that it is, if it is
   * one.
   */
  private record Aside(byte[] row, String reason, OptionalLong attempt) {}

  /**
   * @param admitted what may be moved without a recovery
   * @param directory where files may lie for the length of a statement; made if need be
   * @param chunk how many rows are read and written at once, at least 1
   * @param thresholds at which a ban and a lock begin, for the state tables
   */
  public QueueFlush(
      Database database,
      LoginQueue queue,
      AdmittedEpoch admitted,
      Path directory,
      int chunk,
      Thresholds thresholds,
      ServiceMetrics metrics) {
    this.database = database;
    this.queue = queue;
    this.admitted = admitted;
    this.bulkLoad = new LoadDataWriter(directory, database.sendsFiles());
    this.stateCount = new StateCount(database, thresholds);
    this.chunk = chunk;
    this.thresholds = thresholds;
    this.metrics = metrics;
  }

  /**
   * Flushes until everything that was answered before this call is in MySQL, the state tables
   * included.
   *
   * @return the state of Redis at the beginning
   * @throws StoreUnavailableException when Redis is out of reach, does not hold the history of
   *     MySQL, or may lack attempts
   * @throws sekisho.mysql.DatabaseException when MySQL is out of reach
   */
  public LoginQueue.State flush() {
    LoginQueue.State state = admittedState();
    run(Mode.SERVING, state.sequence(), FlushThrottle.FULL);
    count();
    return state;
  }

  /**
   * Flushes everything that was answered before this call into the log, and leaves the state tables
   * behind for now.
   *
   * @param throttle how hurried it is
   * @throws StoreUnavailableException when Redis is out of reach, does not hold the history of
   *     MySQL, or may lack attempts
   * @throws sekisho.mysql.DatabaseException when MySQL is out of reach
   */
  public void flushLog(FlushThrottle throttle) {
    run(Mode.SERVING, admittedState().sequence(), throttle);
  }

  private LoginQueue.State admittedState() {
    long answered = admitted.answered();
    LoginQueue.State state = queue.state();
    admitted.require(state, answered);
    return state;
  }

  /**
   * Flushes everything into the log, whatever epoch Redis has; for a repair, while no attempt is
   * accepted.
   */
  public void flushForRepair() {
    run(Mode.REPAIR, Long.MAX_VALUE, FlushThrottle.FULL);
  }

  /** Brings the state tables up to the watermark. */
  public void count() {
    stateCount.bringUpToDate();
  }

  private synchronized void run(Mode mode, long goal, FlushThrottle throttle) {
    long moved = 0;
    long waiting = queue.length();
    long told = System.nanoTime();
    while (true) {
      boolean gentle = throttle.isGentle(waiting);
      long began = System.nanoTime();
      Step step = step(mode, mode == Mode.SERVING ? goal : 0, gentle ? 1 : PORTIONS);
      if (step.rows() > 0) {
        queue.trim(step.state(), step.watermark(), step.inPlace(), step.last(), step.outliers());
        waiting = queue.length();
        metrics.count(Event.FLUSHED, step.appended());
        metrics.queueLength(waiting);
      }
      if (stateCount.isDue()) {
        countIfPossible();
      }
      moved += step.rows();
      if (!step.unknown().isEmpty()) {
        throw stopBefore(step.unknown());
      }
      if (!step.more() || step.watermark() >= goal) {
        LOG.debug("flushed {} rows up to {}", moved, step.watermark());
        return;
      }
      if (System.nanoTime() - told > TELL_NANOS) {
        told = System.nanoTime();
        LOG.info("flushing: {} rows so far, {} wait", moved, waiting);
      }
      if (gentle) {
        throttle.rest(System.nanoTime() - began);
      }
    }
  }

  /** The log goes on even if the state tables cannot be written; a report then fails. */
  private void countIfPossible() {
    try {
      count();
    } catch (DatabaseException e) {
      if (!e.concernsRow()) {
        throw e;
      }
      LOG.error("{}", e.getMessage());
    }
  }

  private StoreUnavailableException stopBefore(String version) {
    String problem =
        "the login queue holds a row of format version "
            + version
            + ", which only a newer version of the service can"
            + " read: the queue waits until that one flushes it";
    if (System.nanoTime() - stoppedAt >= REPEAT_NANOS) {
      stoppedAt = System.nanoTime();
      LOG.error("{}", problem);
    }
    return new StoreUnavailableException(problem);
  }

  /**
   * One transaction; when serving, a Redis that is behind {@code least} by then has been set back.
   */
  private Step step(Mode mode, long least, int portions) {
    try {
      return step(mode, least, portions, bulkLoad::write);
    } catch (LoadDataException e) {
      bulkLoad.failed(e);
      return step(mode, least, portions, (attempts, maxPacket) -> List.of());
    }
  }

  private Step step(
      Mode mode,
      long least,
      int portions,
      BiFunction<List<RecordedAttempt>, Long, List<LoadDataFile>> writer) {
    Step step =
        database.inTransaction(
            transaction -> {
              ServiceState state =
                  ServiceState.lock(transaction)
                      .filter(found -> !found.beingReplaced())
                      .orElseThrow(
                          () -> new StoreUnavailableException("the stores are being replaced"));
              // Read under the lock, which replacing the queue takes, too.
              try (QueueReader reader =
                  new QueueReader(
                      queue,
                      attempts -> writer.apply(attempts, transaction.maxPacket()),
                      chunk,
                      thresholds,
                      redis -> highest(mode, redis))) {
                return move(transaction, mode, least, portions, state, reader);
              }
            });
    step.changes()
        .ifPresentOrElse(
            changes -> stateCount.appended(changes, step.before(), step.watermark()),
            stateCount::appendedOther);
    tell(step.aside());
    return step;
  }

  /** After the commit, so that it is logged once. */
  private void tell(List<Aside> aside) {
    aside.stream()
        .limit(NAMED_SINGLY)
        .forEach(
            row ->
                LOG.error(
                    "row {} of the login queue {}; put into the table quarantine{}",
                    Quarantine.digest(row.row()),
                    row.reason(),
                    row.attempt().isPresent()
                        ? ", and so attempt " + row.attempt().getAsLong() + " is lost for the log"
                        : ""));
    if (aside.size() > NAMED_SINGLY) {
      LOG.error("... and so were {} more", aside.size() - NAMED_SINGLY);
    }
    metrics.count(Event.QUARANTINED, aside.size());
    metrics.count(Event.LOST, aside.stream().filter(row -> row.attempt().isPresent()).count());
  }

  private Step move(
      Database.Transaction transaction,
      Mode mode,
      long least,
      int portions,
      ServiceState before,
      QueueReader reader) {
    long appended = 0;
    long refused = 0;
    List<Aside> aside = new ArrayList<>();
    Portion portion = reader.head(before.watermark());
    boolean more = false;
    for (int left = portions - 1; ; left--) {
      try {
        requireSameHistory(mode, before, portion.state(), least);
      } catch (StoreUnavailableException e) {
        portion.close();
        throw e;
      }
      boolean ahead = left > 0 && reader.readAhead(portion);
      refused += append(transaction, before, portion, aside);
      appended += portion.chunk().entries().size();
      more = portion.size() >= chunk;
      // Rows that are refused take their time; others wait for the lock.
      Optional<Portion> next = ahead && refused == 0 ? reader.next() : Optional.empty();
      if (next.isEmpty()) {
        break;
      }
      portion = next.get();
    }
    long watermark = portion.chunk().watermark();
    if (appended > 0
        && transaction.query(MOVE_WATERMARK, watermark, before.watermark()).rowCount() != 1) {
      throw new StoreUnavailableException("the watermark was moved by somebody else");
    }
    List<byte[]> outliers = portion.chunk().outliers();
    long inPlace = outliers.isEmpty() && !portion.chunk().entries().isEmpty() ? portion.end() : 0;
    return new Step(
        before,
        watermark,
        portion.end(),
        appended - refused,
        refused == 0 ? Optional.of(reader.changes()) : Optional.empty(),
        inPlace,
        portion.last(),
        outliers,
        aside,
        more,
        portion.state(),
        portion.unknown());
  }

  /** The state was read after the rows, from the same Redis: a loss between the two shows in it. */
  private void requireSameHistory(
      Mode mode, ServiceState before, LoginQueue.State redis, long least) {
    StoreFormat.problem("Redis", redis.format())
        .ifPresent(
            problem -> {
              throw new StoreUnavailableException(problem);
            });
    if (mode == Mode.SERVING) {
      admitted.require(redis, least);
    }
    if (mode == Mode.SERVING && !redis.epoch().equals(before.epoch())) {
      throw new StoreUnavailableException("Redis does not hold the history of MySQL");
    }
    if (mode == Mode.SERVING && before.watermark() < redis.flushed()) {
      throw new StoreUnavailableException(before.lack(redis.flushed()));
    }
  }

  /** Writes a portion, and gives the number of its entries that MySQL refused. */
  private long append(
      Database.Transaction transaction, ServiceState before, Portion portion, List<Aside> aside) {
    try (portion) {
      QueueChunk rows = portion.chunk();
      List<Aside> found = new ArrayList<>();
      rows.malformed()
          .forEach((row, reason) -> found.add(new Aside(row, reason, OptionalLong.empty())));
      DuplicateCheck.among(rows.covered(), before.pruned(), transaction)
          .forEach(
              stranger ->
                  found.add(
                      new Aside(stranger.row(), DuplicateCheck.STRANGER, stranger.missing())));
      Map<HistoryEntry, String> refused = new LinkedHashMap<>();
      InsertWriter inserts = new InsertWriter(transaction);
      inserts.appendActs(rows.acts(), (act, problem) -> refused.put(act, problem.getMessage()));
      if (portion.files().isEmpty()) {
        inserts.append(
            rows.attempts(), (attempt, problem) -> refused.put(attempt, problem.getMessage()));
      } else {
        portion.files().forEach(file -> bulkLoad.load(transaction, file));
      }
      // A number that is taken may be taken by the same attempt.
      Map<Long, HistoryEntry> logged = DuplicateCheck.logged(refused.keySet(), transaction);
      refused.forEach(
          (entry, problem) -> {
            if (!entry.equals(logged.get(entry.sequence()))) {
              found.add(
                  new Aside(
                      QueueRow.format(entry),
                      "is refused: " + problem,
                      OptionalLong.of(entry.sequence())));
            }
          });
      found.forEach(row -> Quarantine.put(transaction, row.row(), row.reason(), row.attempt()));
      aside.addAll(found);
      return refused.size();
    }
  }

  private static long highest(Mode mode, LoginQueue.State redis) {
    // For a repair the state may be gone, though the queue is there.
    return mode == Mode.REPAIR && redis.sequence() == 0 ? Long.MAX_VALUE : redis.sequence();
  }
}
