package sekisho.flush;

import io.vertx.core.buffer.Buffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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
}
