package sekisho.http.connection;

import io.netty.buffer.ByteBuf;
import io.netty.util.ByteProcessor;

/**
 * Checks the framing of one chunked body (RFC 9112, section 7.1) more strictly than Netty's decoder, which skips white
 * space before a chunk's size and whatever follows it: each size is one to eight hexadecimal digits, CR and LF. Chunk
 * extensions are refused; nobody sends them but those who hope that two readers disagree about them. Trailers are left to
 * the decoder.
 */
final class ChunkFraming implements ByteProcessor {

  private static final int MAX_DIGITS = 8;

  private enum Next { SIZE, SIZE_LF, DATA, DATA_CR, DATA_LF, TRAILER }

  private Next next = Next.SIZE;
  private int digits;
  private long remaining;

  /** Takes the next bytes of the body, from {@code from} up to {@code to}; false if they break the rules. */
  boolean accept(ByteBuf bytes, int from, int to) {
    return bytes.forEachByte(from, to - from, this) < 0;
  }

  /** Takes one byte; false ends the walk. */
  @Override
  public boolean process(byte value) {
    switch (next) {
      case SIZE:
        return size(value);
      case SIZE_LF:
        next = remaining == 0 ? Next.TRAILER : Next.DATA;
        return value == '\n';
      case DATA:
        if (--remaining == 0) {
          next = Next.DATA_CR;
        }
        return true;
      case DATA_CR:
        next = Next.DATA_LF;
        return value == '\r';
      case DATA_LF:
        next = Next.SIZE;
        digits = 0;
        return value == '\n';
      default:
        return true;
    }
  }

  private boolean size(byte value) {
    if (value == '\r' && digits > 0) {
      next = Next.SIZE_LF;
      return true;
    }
    int digit = value < 0 ? -1 : Character.digit((char) value, 16);
    remaining = (digits == 0 ? 0 : remaining << 4) + digit;
    return digit >= 0 && ++digits <= MAX_DIGITS;
  }
}
