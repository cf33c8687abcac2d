package sekisho.flush;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import sekisho.login.RecordedAttempt;
import sekisho.redis.MalformedRowException;
import sekisho.redis.QueueRow;

/**
 * The rows of one step of the flush, told apart.
 *
 * @param attempts those that the log lacks, in their order
 * @param malformed those that are no attempts, byte for byte, each with what is wrong with it
 * @param outOfOrder those with a number no higher than a row before them: attempts that the log
 *     has, found again
 * @param covered those of whose number the log has an attempt, which should be the same one
 * @param watermark the highest number in the log, once {@code attempts} are in it
 */
record QueueChunk(
    List<RecordedAttempt> attempts,
    Map<byte[], String> malformed,
    List<byte[]> outOfOrder,
    Map<byte[], RecordedAttempt> covered,
    long watermark) {

  /**
   * Tells rows apart.
   *
   * @param rows the head of the queue
   * @param watermark the highest number in the log
   * @param highest the highest number that was given out
   */
  static QueueChunk of(List<byte[]> rows, long watermark, long highest) {
    List<RecordedAttempt> attempts = new ArrayList<>(rows.size());
    Map<byte[], String> malformed = new LinkedHashMap<>();
    List<byte[]> outOfOrder = new ArrayList<>();
    Map<byte[], RecordedAttempt> covered = new LinkedHashMap<>();
    long reached = watermark;
    long last = 0;
    for (byte[] row : rows) {
      try {
        RecordedAttempt attempt = QueueRow.parse(row);
        if (attempt.sequence() > highest) {
          throw new MalformedRowException("has a sequence number that was never given out");
        }
        if (attempt.sequence() <= watermark) {
          covered.put(row, attempt);
        }
        if (attempt.sequence() <= last) {
          if (attempt.sequence() > watermark) {
            requireAmong(attempts, attempt);
          }
          outOfOrder.add(row);
          continue;
        }
        last = attempt.sequence();
        if (last > reached) {
          attempts.add(attempt);
          reached = last;
        }
      } catch (MalformedRowException e) {
        malformed.put(row, e.getMessage());
      }
    }
    return new QueueChunk(attempts, malformed, outOfOrder, covered, reached);
  }

  private static void requireAmong(List<RecordedAttempt> attempts, RecordedAttempt again)
      throws MalformedRowException {
    RecordedAttempt first =
        attempts.stream()
            .filter(attempt -> attempt.sequence() == again.sequence())
            .findFirst()
            .orElseThrow(
                () ->
                    new MalformedRowException(
                        "comes after an attempt with a higher sequence number"));
    if (!first.equals(again)) {
      throw new MalformedRowException(DuplicateCheck.STRANGER);
    }
  }

  /** Rows that trimming by number would not take for attempts of the log. */
  List<byte[]> outliers() {
    List<byte[]> outliers = new ArrayList<>(malformed.keySet());
    outliers.addAll(outOfOrder);
    return outliers;
  }
}
