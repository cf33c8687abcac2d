package sekisho.report;

import io.vertx.core.buffer.Buffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.login.StoreUnavailableException;
import sekisho.metrics.ServiceMetrics;
import sekisho.mysql.Database;
import sekisho.mysql.ServiceState;
import sekisho.mysql.Sql;
import sekisho.redis.LoginQueue;

/**
 * Moves the queue into {@code login_log}, exactly once and in order (SPEC section 5). One step is one transaction that
 * holds the lock on the watermark; the queue is trimmed after the commit, by sequence number. A step that is cut short
 * anywhere is made good by the next one, which skips what the watermark covers.
 */
public final class QueueFlush {

  private static final Logger LOG = LoggerFactory.getLogger(QueueFlush.class);
  private static final String MOVE_WATERMARK = Sql.statement("flush/move_watermark.sql");
  private static final String QUARANTINE = Sql.statement("flush/quarantine.sql");

  private final Database database;
  private final LoginQueue queue;
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
   * How one step ended: the watermark after it, the rows that it looked at, how many of them were new, and the odd
   * ones.
   */
  private record Step(long watermark, int rows, int appended, List<byte[]> outliers) {
  }

  /**
   * Makes a flush.
   *
   * @param database the history
   * @param queue what waits for it
   * @param chunk how many rows one transaction takes, at least 1
   * @param metrics counts rows
   */
  public QueueFlush(Database database, LoginQueue queue, int chunk, ServiceMetrics metrics) {
    this.database = database;
    this.queue = queue;
    this.chunk = chunk;
    this.metrics = metrics;
  }

  /**
   * Flushes until everything that was answered before this call is in MySQL.
   *
   * @throws StoreUnavailableException when Redis is out of reach or does not hold the history of MySQL
   * @throws sekisho.mysql.DatabaseException when MySQL is out of reach
   */
  public void flush() {
    run(Mode.SERVING, queue.state().sequence());
  }

  /**
   * Flushes everything, whatever generation Redis has; for a repair, while no attempt is accepted.
   */
  public void flushForRepair() {
    run(Mode.REPAIR, Long.MAX_VALUE);
  }

  private void run(Mode mode, long goal) {
    long moved = 0;
    while (true) {
      Step step = database.inTransaction(transaction -> step(transaction, mode));
      if (step.rows() > 0) {
        queue.trim(step.watermark(), step.outliers());
        metrics.flushed(step.appended(), queue.length());
      }
      moved += step.rows();
      if (step.rows() < chunk || step.watermark() >= goal) {
        if (moved > 0) {
          LOG.debug("flushed {} rows up to {}", moved, step.watermark());
        }
        return;
      }
      if (moved % (chunk * 10L) == 0) {
        LOG.info("flushing: {} rows so far, {} wait", moved, queue.length());
      }
    }
  }

  private Step step(Database.Transaction transaction, Mode mode) {
    ServiceState state = ServiceState.lock(transaction)
        .filter(found -> !found.beingReplaced())
        .orElseThrow(() -> new StoreUnavailableException("the stores are being replaced"));
    // Read under the lock: whoever replaces the queue needs the lock too.
    LoginQueue.Head head = queue.head(chunk);
    if (mode == Mode.SERVING && !head.state().generation().equals(state.generation())) {
      throw new StoreUnavailableException("Redis does not hold the history of MySQL");
    }
    if (mode == Mode.SERVING && state.watermark() < head.state().flushed()) {
      throw new StoreUnavailableException(state.lack(head.state().flushed()));
    }
    // For a repair the state may be gone, though the queue is there.
    long highest = mode == Mode.REPAIR && head.state().sequence() == 0 ? Long.MAX_VALUE : head.state().sequence();
    QueueChunk rows = QueueChunk.of(head.rows(), state.watermark(), highest);
    rows.malformed().forEach((row, reason) -> quarantine(transaction, row, reason));
    KnownAttempts.among(rows.covered(), transaction).forEach((row, reason) -> quarantine(transaction, row, reason));
    if (!rows.attempts().isEmpty()) {
      new HistoryWriter(transaction).append(rows.attempts());
      if (transaction.query(MOVE_WATERMARK, rows.watermark(), state.watermark()).rowCount() != 1) {
        throw new StoreUnavailableException("the watermark was moved by somebody else");
      }
    }
    return new Step(rows.watermark(), head.rows().size(), rows.attempts().size(), rows.outliers());
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
