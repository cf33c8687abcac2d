package sekisho.flush;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import sekisho.login.HistoryEntry;
import sekisho.login.OperatorAct;
import sekisho.login.RecordedAttempt;
import sekisho.redis.MalformedRowException;
import sekisho.redis.QueueRow;

/**
 * The rows of one step of the flush, told apart.
 *
 * @param entries attempts and acts that MySQL lacks, in their order
 * @param acts the acts among the entries, in their order
 * @param malformed rows that are neither, byte for byte, each with what is wrong with it
 * @param outOfOrder those with a number no higher than a row before them: entries that MySQL has,
 *     found again
 * @param covered those of whose number MySQL has an entry, which should be the same one
 * @param watermark the highest number in MySQL, once {@code entries} are in it
 */
record QueueChunk(
    List<HistoryEntry> entries,
    List<OperatorAct> acts,
    Map<byte[], String> malformed,
    List<byte[]> outOfOrder,
    Map<byte[], HistoryEntry> covered,
    long watermark) {

  /**
   * Tells rows apart.
   *
   * @param rows the head of the queue
   * @param watermark the highest number in the log
   * @param highest the highest number that was given out
   */
  static QueueChunk of(List<byte[]> rows, long watermark, long highest) {
    List<HistoryEntry> entries = new ArrayList<>(rows.size());
    List<OperatorAct> acts = new ArrayList<>();
    Map<byte[], String> malformed = new LinkedHashMap<>();
    List<byte[]> outOfOrder = new ArrayList<>();
    Map<byte[], HistoryEntry> covered = new LinkedHashMap<>();
    long reached = watermark;
    long last = 0;
    for (byte[] row : rows) {
      try {
        HistoryEntry entry = QueueRow.parse(row);
        if (entry.sequence() > highest) {
          throw new MalformedRowException("has a sequence number that was never given out");
        }
        if (entry.sequence() <= watermark) {
          covered.put(row, entry);
        }
        if (entry.sequence() <= last) {
          if (entry.sequence() > watermark) {
            requireAmong(entries, entry);
          }
          outOfOrder.add(row);
          continue;
        }
        last = entry.sequence();
        if (last > reached) {
          entries.add(entry);
          if (entry instanceof OperatorAct act) {
            acts.add(act);
          }
          reached = last;
        }
      } catch (MalformedRowException e) {
        malformed.put(row, e.getMessage());
      }
    }
    return new QueueChunk(entries, acts, malformed, outOfOrder, covered, reached);
  }

  private static void requireAmong(List<HistoryEntry> entries, HistoryEntry again)
      throws MalformedRowException {
    HistoryEntry first =
        entries.stream()
            .filter(entry -> entry.sequence() == again.sequence())
            .findFirst()
            .orElseThrow(
                () ->
                    new MalformedRowException(
                        "comes after an attempt with a higher sequence number"));
    if (!first.equals(again)) {
      throw new MalformedRowException(DuplicateCheck.STRANGER);
    }
  }

  /** The attempts among the entries, in their order. */
  @SuppressWarnings("unchecked") // where there are no acts, all entries are attempts
  List<RecordedAttempt> attempts() {
    return acts.isEmpty()
        ? (List<RecordedAttempt>) (List<?>) entries
        : entries.stream()
            .filter(RecordedAttempt.class::isInstance)
            .map(RecordedAttempt.class::cast)
            .toList();
  }

  /** Rows that trimming by number would not take for attempts of the log. */
  List<byte[]> outliers() {
    List<byte[]> outliers = new ArrayList<>(malformed.keySet());
    outliers.addAll(outOfOrder);
    return outliers;
  }
}
