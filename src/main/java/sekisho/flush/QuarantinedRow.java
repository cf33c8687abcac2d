package sekisho.flush;

import java.util.Arrays;

/**
 * What is kept of a row that was put aside; servers take no statements of any length, and the queue
 * has to move on.
 */
final class QuarantinedRow {

  /** Far over what an attempt can have. */
  static final int MAX_KEPT = 1024 * 1024;

  private static final int MAX_REASON = 255;

  private QuarantinedRow() {}

  /** How many bytes of a row are kept where a statement may have so many. */
  static int limit(long maxPacket) {
    return (int) Math.min(MAX_KEPT, maxPacket / 2);
  }

  /** The row, or its beginning. */
  static byte[] kept(byte[] row, int limit) {
    return row.length <= limit ? row : Arrays.copyOf(row, limit);
  }

  /** What is wrong with it, and what is missing of it; as long as the column takes it. */
  static String reason(String reason, byte[] row, int limit) {
    String missing =
        row.length <= limit
            ? ""
            : "; of its " + row.length + " bytes, the first " + limit + " are kept";
    int room = MAX_REASON - missing.length();
    return (reason.codePointCount(0, reason.length()) <= room
            ? reason
            : reason.substring(0, reason.offsetByCodePoints(0, room)))
        + missing;
  }
}
