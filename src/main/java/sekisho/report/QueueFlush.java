package sekisho.report;

import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.login.RecordedAttempt;
import sekisho.login.StoreUnavailableException;
import sekisho.metrics.ServiceMetrics;
import sekisho.mysql.Database;
import sekisho.mysql.ServiceState;
import sekisho.mysql.Sql;
import sekisho.redis.LoginQueue;
import sekisho.report.QueueReader.Portion;

/**
 * Moves the queue into {@code login_log}, exactly once and in order (SPEC section 5). One step is one transaction that
 * holds the lock on the watermark; the queue is trimmed after the commit, by sequence number. A step that is cut short
 * anywhere is made good by the next one, which skips what the watermark covers. The state tables follow when they are asked for,
 * or when much has gathered: see {@link StateCount}.
 */
public final class QueueFlush {

  private static final Logger LOG = LoggerFactory.getLogger(QueueFlush.class);
  /** Portions of one transaction at full speed: more would save little, and keep who waits for the lock waiting. */
  private static final int PORTIONS = 10;
  private static final long TELL_NANOS = 2_000_000_000L;
  private static final String MOVE_WATERMARK = Sql.statement("flush/move_watermark.sql");
  private static final String QUARANTINE = Sql.statement("flush/quarantine.sql");

  private final Database database;
  private final LoginQueue queue;
  private final BulkLoad bulkLoad;
  private final StateCount stateCount;
  private final int chunk;
  private final ServiceMetrics metrics;

  /**
   * Whose queue may be flushed.
   */
  private enum Mode {
    /** That of the generation in force. */
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
   * @param changes what these change in the state tables
   * @param inPlace how many rows may be removed if the last one is still in its place
   * @param last the last row
   * @param outliers rows that trimming by number does not remove
   * @param more whether the queue may hold more
   */
  private record Step(ServiceState before, long watermark, long rows, long appended, Changes changes, long inPlace,
      byte[] last, List<byte[]> outliers, boolean more) {
  }

  /**
   * Makes a flush.
   *
   * @param database the history
   * @param queue what waits for it
   * @param directory where files may lie for the length of a statement; made if need be
   * @param chunk how many rows are read and written at once, at least 1
   * @param metrics counts rows
   */
  public QueueFlush(Database database, LoginQueue queue, Path directory, int chunk, ServiceMetrics metrics) {
    this.database = database;
    this.queue = queue;
    this.bulkLoad = new BulkLoad(directory, database.sendsFiles());
    this.stateCount = new StateCount(database);
    this.chunk = chunk;
    this.metrics = metrics;
  }

  /**
   * Flushes until everything that was answered before this call is in MySQL, the state tables included.
   *
   * @return the state of Redis at the beginning
   * @throws StoreUnavailableException when Redis is out of reach or does not hold the history of MySQL
   * @throws sekisho.mysql.DatabaseException when MySQL is out of reach
   */
  public LoginQueue.State flush() {
    LoginQueue.State state = queue.state();
    run(Mode.SERVING, state.sequence(), Pace.FULL);
    count();
    return state;
  }

  /**
   * Flushes everything that was answered before this call into the log, and leaves the state tables behind for now.
   *
   * @param pace how hurried it is
   * @throws StoreUnavailableException when Redis is out of reach or does not hold the history of MySQL
   * @throws sekisho.mysql.DatabaseException when MySQL is out of reach
   */
  void flushLog(Pace pace) {
    run(Mode.SERVING, queue.state().sequence(), pace);
  }

  /**
   * Flushes everything into the log, whatever generation Redis has; for a repair, while no attempt is accepted.
   */
  public void flushForRepair() {
    run(Mode.REPAIR, Long.MAX_VALUE, Pace.FULL);
  }

  /** Brings the state tables up to the watermark. */
  public void count() {
    stateCount.bringUpToDate();
  }

  private synchronized void run(Mode mode, long goal, Pace pace) {
    long moved = 0;
    long waiting = queue.length();
    long told = System.nanoTime();
    while (true) {
      boolean gentle = pace.isGentle(waiting);
      long began = System.nanoTime();
      Step step = step(mode, gentle ? 1 : PORTIONS);
      if (step.rows() > 0) {
        queue.trim(step.watermark(), step.inPlace(), step.last(), step.outliers());
        waiting = queue.length();
        metrics.flushed(step.appended(), waiting);
      }
      if (stateCount.isDue()) {
        count();
      }
      moved += step.rows();
      if (!step.more() || step.watermark() >= goal) {
        LOG.debug("flushed {} rows up to {}", moved, step.watermark());
        return;
      }
      if (System.nanoTime() - told > TELL_NANOS) {
        told = System.nanoTime();
        LOG.info("flushing: {} rows so far, {} wait", moved, waiting);
      }
      if (gentle) {
        pace.rest(System.nanoTime() - began);
      }
    }
  }

  private Step step(Mode mode, int portions) {
    try {
      return step(mode, portions, bulkLoad::write);
    } catch (BulkLoadException e) {
      bulkLoad.failed(e);
      return step(mode, portions, attempts -> List.of());
    }
  }

  private Step step(Mode mode, int portions, Function<List<RecordedAttempt>, List<LogFile>> writer) {
    Step step = database.inTransaction(transaction -> {
      ServiceState state = ServiceState.lock(transaction).filter(found -> !found.beingReplaced())
          .orElseThrow(() -> new StoreUnavailableException("the stores are being replaced"));
      // Read under the lock: whoever replaces the queue needs the lock too.
      try (QueueReader reader = new QueueReader(queue, writer, chunk, redis -> highest(mode, redis))) {
        return move(transaction, mode, portions, state, reader);
      }
    });
    stateCount.appended(step.changes(), step.before(), step.watermark());
    return step;
  }

  private Step move(
      Database.Transaction transaction, Mode mode, int portions, ServiceState before, QueueReader reader) {
    long appended = 0;
    Portion portion = reader.head(before.watermark());
    boolean more = false;
    for (int left = portions - 1; ; left--) {
      if (mode == Mode.SERVING && !portion.state().generation().equals(before.generation())) {
        portion.close();
        throw new StoreUnavailableException("Redis does not hold the history of MySQL");
      }
      if (mode == Mode.SERVING && before.watermark() < portion.state().flushed()) {
        portion.close();
        throw new StoreUnavailableException(before.lack(portion.state().flushed()));
      }
      boolean ahead = left > 0 && reader.readAhead(portion);
      append(transaction, portion);
      appended += portion.chunk().attempts().size();
      more = portion.size() >= chunk;
      Optional<Portion> next = ahead ? reader.next() : Optional.empty();
      if (next.isEmpty()) {
        break;
      }
      portion = next.get();
    }
    long watermark = portion.chunk().watermark();
    if (appended > 0 && transaction.query(MOVE_WATERMARK, watermark, before.watermark()).rowCount() != 1) {
      throw new StoreUnavailableException("the watermark was moved by somebody else");
    }
    List<byte[]> outliers = portion.chunk().outliers();
    long inPlace = outliers.isEmpty() && !portion.chunk().attempts().isEmpty() ? portion.end() : 0;
    return new Step(before, watermark, portion.end(), appended, reader.changes(), inPlace, portion.last(), outliers, more);
  }

  private void append(Database.Transaction transaction, Portion portion) {
    try (portion) {
      QueueChunk rows = portion.chunk();
      rows.malformed().forEach((row, reason) -> quarantine(transaction, row, reason));
      KnownAttempts.among(rows.covered(), transaction).forEach((row, reason) -> quarantine(transaction, row, reason));
      if (portion.files().isEmpty()) {
        new HistoryWriter(transaction).append(rows.attempts());
      } else {
        portion.files().forEach(file -> bulkLoad.load(transaction, file));
      }
    }
  }

  private static long highest(Mode mode, LoginQueue.State redis) {
    // For a repair the state may be gone, though the queue is there.
    return mode == Mode.REPAIR && redis.sequence() == 0 ? Long.MAX_VALUE : redis.sequence();
  }

  private void quarantine(Database.Transaction transaction, byte[] row, String reason) {
    String digest = sha256(row);
    metrics.quarantined();
    LOG.error("row {} of the login queue {}; put into the table quarantine", digest, reason);
    transaction.query(QUARANTINE, digest, OversizeRow.reason(reason, row), Buffer.buffer(OversizeRow.kept(row)));
  }

  private static String sha256(byte[] row) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(row));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
