package sekisho.report;

import java.util.Arrays;

/** What is kept of a row that was put aside; servers take no statements of any length, and the queue has to move on. */
final class OversizeRow {

  /** Far over what an attempt can have, and fit for the smallest limits of MySQL and MariaDB. */
  static final int MAX_KEPT = 1024 * 1024;

  private OversizeRow() {
  }

  /** The row, or its beginning. */
  static byte[] kept(byte[] row) {
    return row.length <= MAX_KEPT ? row : Arrays.copyOf(row, MAX_KEPT);
  }

  /** What is wrong with it, and what is missing of it. */
  static String reason(String reason, byte[] row) {
    return row.length <= MAX_KEPT ? reason : reason + "; of its " + row.length + " bytes, the first " + MAX_KEPT + " are kept";
  }
}
