package sekisho.flush;

import io.vertx.core.buffer.Buffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.OptionalLong;
import sekisho.mysql.Database;
import sekisho.mysql.Statements;

/** The table of queue rows that are in no other one, byte for byte. */
public final class Quarantine {

  private static final String PUT = Statements.statement("flush/quarantine");

  private Quarantine() {}

  /**
   * Puts a row there.
   *
   * @param transaction removes it from the queue
   * @param row its bytes
   * @param reason why it is in no other table
   * @param attempt the number of the answered attempt that the log lacks, if it is one
   */
  static void put(
      Database.Transaction transaction, byte[] row, String reason, OptionalLong attempt) {
    int limit = QuarantinedRow.limit(transaction.maxPacket());
    transaction.query(
        PUT,
        digest(row),
        attempt.isPresent() ? attempt.getAsLong() : null,
        QuarantinedRow.reason(reason, row, limit),
        Buffer.buffer(QuarantinedRow.kept(row, limit)));
  }

  /**
   * Names a row.
   *
   * @param row its bytes
   * @return the key of the table, hexadecimal SHA-256
   */
  public static String digest(byte[] row) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(row));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * What is kept of a row that was put aside; servers take no statements of any length, and the
   * queue has to move on.
   */
  static final class QuarantinedRow {

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
}
