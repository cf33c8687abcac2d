package sekisho.flush;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import sekisho.flush.LoadDataWriter.LoadDataFile;
import sekisho.login.RecordedAttempt;
import sekisho.login.Thresholds;
import sekisho.redis.LoginQueue;
import sekisho.redis.QueueRow;

/**
 * Reads the queue for one transaction that holds the lock on the watermark: from its head, a
 * portion at a time, each prepared by another thread while the one before is written. For use by
 * one thread.
 */
final class QueueReader implements AutoCloseable {

  /** StateDelta that one transaction may gather in memory, of some 100 bytes each. */
  private static final int MAX_CHANGES = 400_000;

  private final LoginQueue queue;
  private final Function<List<RecordedAttempt>, List<LoadDataFile>> writer;
  private final int size;
  private final ToLongFunction<LoginQueue.State> highest;

  /** Folded by the thread that prepares a portion, one after the other. */
  private final StateDelta changes;

  private @Nullable CompletableFuture<@Nullable Portion> ahead;

  /**
   * A portion of the queue.
   *
   * @param state the state beside the queue
   * @param chunk its rows, told apart
   * @param size how many rows it has
   * @param last the last row; empty when there is none
   * @param end how many rows of the queue it and those before it have
   * @param files the attempts as text; none when they are to be inserted
   * @param unknown the version of the row after it, if only a newer service can read that; else
   *     empty
   */
  record Portion(
      LoginQueue.State state,
      QueueChunk chunk,
      int size,
      byte[] last,
      long end,
      List<LoadDataFile> files,
      String unknown)
      implements AutoCloseable {

    /** Deletes the files. */
    @Override
    public void close() {
      files.forEach(LoadDataFile::close);
    }
  }

  /**
   * @param size rows of a portion, at least 1
   */
  QueueReader(
      LoginQueue queue,
      Function<List<RecordedAttempt>, List<LoadDataFile>> writer,
      int size,
      Thresholds thresholds,
      ToLongFunction<LoginQueue.State> highest) {
    this.changes = new StateDelta(thresholds);
    this.queue = queue;
    this.writer = writer;
    this.size = size;
    this.highest = highest;
  }

  /** Reads the head of the queue. */
  Portion head(long watermark) {
    LoginQueue.Rows read = queue.read(0, size);
    return prepare(read, read.rows(), 0, watermark);
  }

  /**
   * Begins to read what follows a portion, for {@link #next}.
   *
   * @param before the portion before it
   * @return false when this transaction should end with that portion
   */
  boolean readAhead(Portion before) {
    QueueChunk chunk = before.chunk();
    // After odd rows all begins anew, so that what is removed by its content is known before more
    // is read.
    if (before.size() < size
        || changes.rows() >= MAX_CHANGES
        || chunk.entries().isEmpty()
        || !chunk.outliers().isEmpty()) {
      return false;
    }
    ahead =
        CompletableFuture.supplyAsync(
            () -> follow(before),
            work -> {
              Thread thread = new Thread(work, "flush-reader");
              thread.setDaemon(true);
              thread.start();
            });
    return true;
  }

  /**
   * Gives the portion that was read ahead; empty when the queue has changed its place or has no
   * more rows.
   */
  Optional<Portion> next() {
    CompletableFuture<@Nullable Portion> begun =
        Objects.requireNonNull(ahead, "nothing is read ahead");
    ahead = null;
    try {
      return Optional.ofNullable(begun.join());
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException problem ? problem : e;
    }
  }

  /** What the attempts change in the state tables; complete when nothing is read ahead. */
  StateDelta changes() {
    return changes;
  }

  @Override
  public void close() {
    if (ahead != null) {
      ahead.whenComplete(
          (portion, problem) -> {
            if (portion != null) {
              portion.close();
            }
          });
    }
  }

  private @Nullable Portion follow(Portion before) {
    // Another instance may be trimming after its own commit, which shifts the rows: they must begin
    // with the last one again.
    LoginQueue.Rows read = queue.read(before.end() - 1, size + 1);
    List<byte[]> rows = read.rows();
    if (rows.size() < 2 || !Arrays.equals(rows.get(0), before.last())) {
      return null;
    }
    return prepare(read, rows.subList(1, rows.size()), before.end(), before.chunk().watermark());
  }

  private Portion prepare(LoginQueue.Rows read, List<byte[]> found, long start, long watermark) {
    List<byte[]> rows = found;
    Optional<String> unknown = Optional.empty();
    for (int i = 0; i < found.size() && unknown.isEmpty(); i++) {
      unknown = QueueRow.unknownVersion(found.get(i));
      // To this service, the queue ends before such a row.
      rows = unknown.isPresent() ? found.subList(0, i) : found;
    }
    QueueChunk chunk = QueueChunk.of(rows, watermark, highest.applyAsLong(read.state()));
    chunk.entries().forEach(changes::add);
    List<RecordedAttempt> attempts = chunk.attempts();
    List<LoadDataFile> files = attempts.isEmpty() ? List.of() : writer.apply(attempts);
    return new Portion(
        read.state(),
        chunk,
        rows.size(),
        rows.isEmpty() ? new byte[0] : rows.get(rows.size() - 1),
        start + rows.size(),
        files,
        unknown.orElse(""));
  }
}
