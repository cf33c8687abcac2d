package sekisho.http.request;

import io.netty.buffer.ByteBuf;
import io.netty.util.ByteProcessor;

/**
 * Checks the framing of one chunked body (RFC 9112, section 7.1) more strictly than Netty's
 * decoder, which skips white space before a chunk's size and whatever follows it: each size is one
 * to eight hexadecimal digits, CR and LF. Chunk extensions are refused; nobody sends them but those
 * who hope that two readers disagree about them. So are trailer lines that are folded, have no
 * plain name, or hold control characters; which names they may have is the decoder's affair.
 */
final class ChunkFraming implements ByteProcessor {

  private static final int MAX_DIGITS = 8;

  private enum Next {
    SIZE,
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    TRAILER,
    TRAILER_NAME,
    TRAILER_VALUE,
    TRAILER_LF,
    END_LF,
    NOTHING
  }

  private Next next = Next.SIZE;
  private int digits;
  private long remaining;

  /**
   * Takes the next bytes of the body, from {@code from} up to {@code to}; false if they break the
   * rules.
   */
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
      case TRAILER:
        next = value == '\r' ? Next.END_LF : Next.TRAILER_NAME;
        return value == '\r' || isToken(value);
      case TRAILER_NAME:
        next = value == ':' ? Next.TRAILER_VALUE : Next.TRAILER_NAME;
        return value == ':' || isToken(value);
      case TRAILER_VALUE:
        next = value == '\r' ? Next.TRAILER_LF : Next.TRAILER_VALUE;
        return value == '\r' || value == '\t' || (value & 0xff) >= ' ' && value != 0x7f;
      case TRAILER_LF:
        next = Next.TRAILER;
        return value == '\n';
      case END_LF:
        next = Next.NOTHING;
        return value == '\n';
      default:
        return false;
    }
  }

  /** Whether a name may hold the character (RFC 9110, section 5.6.2). */
  private static boolean isToken(byte value) {
    return value >= '0' && value <= '9'
        || value >= 'a' && value <= 'z'
        || value >= 'A' && value <= 'Z'
        || value > 0 && "!#$%&'*+-.^_`|~".indexOf(value) >= 0;
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
