package sekisho.dev.seed;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Writes hashes as an RDB file of Redis, in version 9 of the format, which Redis 5 and newer and
 * Valkey read. So no Redis has to be started to prepare one, and the file is the same whatever
 * Redis is going to read it.
 *
 * @see <a href="https://github.com/redis/redis/blob/6.2/src/rdb.h">The codes, in Redis's source</a>
 */
final class RdbWriter implements AutoCloseable {

  private static final String MAGIC = "REDIS0009";
  private static final int SELECT_DATABASE = 0xFE;
  private static final int HASH = 4;
  private static final int END = 0xFF;

  /** In place of a checksum, which is not looked at then. */
  private static final byte[] NO_CHECKSUM = new byte[8];

  private static final int SIX_BITS = 1 << 6;
  private static final int FOURTEEN_BITS = 1 << 14;
  private static final int FOURTEEN_BIT_LENGTH = 0x40;
  private static final int THIRTY_TWO_BIT_LENGTH = 0x80;

  private final OutputStream out;

  /**
   * Begins a file whose keys are in database 0.
   *
   * @param out is closed with this writer
   */
  RdbWriter(OutputStream out) throws IOException {
    this.out = new BufferedOutputStream(out);
    this.out.write(MAGIC.getBytes(StandardCharsets.US_ASCII));
    this.out.write(SELECT_DATABASE);
    length(0);
  }

  /** Writes a key with a hash, unless the hash is empty: Redis knows no empty ones. */
  void hash(String key, Map<String, String> fields) throws IOException {
    if (fields.isEmpty()) {
      return;
    }
    out.write(HASH);
    string(key);
    length(fields.size());
    for (Map.Entry<String, String> field : fields.entrySet()) {
      string(field.getKey());
      string(field.getValue());
    }
  }

  /** Completes the file. */
  void finish() throws IOException {
    out.write(END);
    out.write(NO_CHECKSUM);
    out.flush();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }

  private void string(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    length(bytes.length);
    out.write(bytes);
  }

  private void length(int length) throws IOException {
    if (length < SIX_BITS) {
      out.write(length);
    } else if (length < FOURTEEN_BITS) {
      out.write(FOURTEEN_BIT_LENGTH | length >> 8);
      out.write(length);
    } else {
      out.write(THIRTY_TWO_BIT_LENGTH);
      for (int shift = 24; shift >= 0; shift -= 8) {
        out.write(length >> shift);
      }
    }
  }
}
