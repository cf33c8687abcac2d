package sekisho.bench.client;

import io.netty.buffer.ByteBuf;
import sekisho.bench.load.Problem;
import sekisho.bench.load.Reason;

/** Reads a body in chunks to its end, and keeps nothing of it (RFC 9112, section 7.1). */
final class ChunkReader {

  private static final int LONGEST_LINE = 8 * 1024;

  private final StringBuilder line = new StringBuilder();

  /**
   * Bytes of the present chunk that are still to come, with the line end after it; 0 when a line is
   * next.
   */
  private long left;

  private boolean inTrailer;

  /**
   * Reads on.
   *
   * @param in what has arrived; taken up to the end of the body
   * @return whether the body is complete
   * @throws Problem when it is not of this form
   */
  boolean read(ByteBuf in) {
    while (in.isReadable()) {
      if (left > 0) {
        int taken = (int) Math.min(left, in.readableBytes());
        in.skipBytes(taken);
        left -= taken;
      } else if (readLine(in) && lineEnds()) {
        return true;
      }
    }
    return false;
  }

  private boolean readLine(ByteBuf in) {
    while (in.isReadable()) {
      char next = (char) in.readUnsignedByte();
      if (next == '\n') {
        return true;
      }
      if (line.length() == LONGEST_LINE) {
        throw new Problem(Reason.MALFORMED, "a chunk whose first line does not end");
      }
      line.append(next);
    }
    return false;
  }

  /** Takes a whole line; true after the last. */
  private boolean lineEnds() {
    String text = line.toString().strip();
    line.setLength(0);
    if (inTrailer) {
      return text.isEmpty();
    }
    int extension = text.indexOf(';');
    try {
      long size = Long.parseLong(extension < 0 ? text : text.substring(0, extension).strip(), 16);
      inTrailer = size == 0;
      left = size == 0 ? 0 : size + 2;
      return false;
    } catch (NumberFormatException e) {
      throw new Problem(Reason.MALFORMED, "a chunk without its size");
    }
  }
}
