package sekisho.bench.client;

import io.netty.buffer.ByteBuf;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import sekisho.bench.load.Problem;
import sekisho.bench.load.Reason;

/**
 * Reads the answers of one connection, one after the other (RFC 9112). Keeps status, redirect and
 * cookies; the body is read to its end and not kept. Raw mode shares a core with what it measures,
 * and most of a general client's work is for things that it never looks at.
 */
public final class AnswerReader {

  private static final int LONGEST_HEAD = 64 * 1024;
  private static final long UNTIL_CLOSE = Long.MAX_VALUE;

  private enum Part {
    HEAD,
    BODY,
    CHUNKS,
    COMPLETE
  }

  private byte[] head = new byte[4096];
  private int length;
  private Part part = Part.HEAD;
  private long bodyLeft;
  private ChunkReader chunks;

  private int status;
  private boolean closes;
  private String location;
  private List<String> cookies = List.of();

  /** Forgets the last answer; the next one begins. */
  void restart() {
    part = Part.HEAD;
    length = 0;
    clear();
  }

  /**
   * Reads on.
   *
   * @param in what has arrived; taken up to the end of this answer
   * @return whether the answer is complete
   * @throws Problem when it is not HTTP
   */
  boolean read(ByteBuf in) {
    while (part == Part.HEAD && in.isReadable()) {
      readHead(in);
    }
    if (part == Part.BODY) {
      int taken = (int) Math.min(bodyLeft, in.readableBytes());
      in.skipBytes(taken);
      bodyLeft -= bodyLeft == UNTIL_CLOSE ? 0 : taken;
      part = bodyLeft == 0 ? Part.COMPLETE : Part.BODY;
    } else if (part == Part.CHUNKS && chunks.read(in)) {
      part = Part.COMPLETE;
    }
    return part == Part.COMPLETE;
  }

  /** Whether the answer is complete if the connection ends here. */
  boolean endsByClose() {
    return part == Part.BODY && bodyLeft == UNTIL_CLOSE;
  }

  /** The status code of the answer. */
  public int status() {
    return status;
  }

  /** Whether the server closes the connection after this answer. */
  boolean closes() {
    return closes;
  }

  /** The values of the {@code Set-Cookie} lines. */
  public List<String> cookies() {
    return cookies;
  }

  /**
   * The path of the place redirected to, without a query; null when there is none or it is not a
   * URI.
   */
  public String locationPath() {
    if (location == null || location.equals("/")) {
      return location;
    }
    try {
      return URI.create(location).getPath();
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private void readHead(ByteBuf in) {
    int before = length;
    int copied = Math.min(in.readableBytes(), head.length - length);
    in.getBytes(in.readerIndex(), head, length, copied);
    length += copied;
    int end = endOfHead(Math.max(0, before - 3));
    if (end < 0) {
      in.skipBytes(copied);
      growIfFull();
      return;
    }
    in.skipBytes(end - before);
    parse(end);
    if (status >= 100 && status < 200) {
      restart(); // an interim answer; the one that counts follows
    }
  }

  /** Where the body begins, after the first empty line; -1 when that has not arrived. */
  private int endOfHead(int from) {
    for (int i = from; i + 3 < length; i++) {
      if (head[i + 3] == '\n' && head[i + 2] == '\r' && head[i + 1] == '\n' && head[i] == '\r') {
        return i + 4;
      }
    }
    return -1;
  }

  private void growIfFull() {
    if (length == LONGEST_HEAD) {
      throw new Problem(Reason.MALFORMED, "a head of more than " + LONGEST_HEAD + " bytes");
    }
    if (length == head.length) {
      head = Arrays.copyOf(head, length * 2);
    }
  }

  private void parse(int end) {
    clear();
    int lineEnd = lineEnd(0);
    status = statusOf(lineEnd);
    // Without a length the body goes on until the connection is closed.
    bodyLeft = status == 204 || status == 304 ? 0 : UNTIL_CLOSE;
    boolean chunked = false;
    for (int line = lineEnd + 2; line < end - 2; line = lineEnd + 2) {
      lineEnd = lineEnd(line);
      int colon = line;
      while (colon < lineEnd && head[colon] != ':') {
        colon++;
      }
      // Few names matter; most lines are told from them by the length of their names.
      switch (colon - line) {
        case 8 -> location = isName(line, "location") ? value(colon, lineEnd) : location;
        case 10 -> {
          if (isName(line, "set-cookie")) {
            addCookie(value(colon, lineEnd));
          } else if (isName(line, "connection")) {
            closes = value(colon, lineEnd).equalsIgnoreCase("close");
          }
        }
        case 14 ->
            bodyLeft =
                isName(line, "content-length") && bodyLeft != 0
                    ? number(value(colon, lineEnd))
                    : bodyLeft;
        case 17 ->
            chunked |=
                isName(line, "transfer-encoding")
                    && value(colon, lineEnd).equalsIgnoreCase("chunked");
        default -> {}
      }
    }
    part = chunked ? Part.CHUNKS : Part.BODY;
    chunks = chunked ? new ChunkReader() : null;
  }

  private void clear() {
    closes = false;
    location = null;
    cookies = List.of();
  }

  private int lineEnd(int from) {
    int end = from;
    while (head[end] != '\r') {
      end++;
    }
    return end;
  }

  /** The code in {@code HTTP/1.1 200 OK}. */
  private int statusOf(int lineEnd) {
    boolean http =
        lineEnd >= 12
            && head[0] == 'H'
            && head[1] == 'T'
            && head[2] == 'T'
            && head[3] == 'P'
            && head[8] == ' ';
    int code = 0;
    for (int i = 9; http && i < 12; i++) {
      http = head[i] >= '0' && head[i] <= '9';
      code = code * 10 + head[i] - '0';
    }
    if (!http) {
      throw new Problem(Reason.MALFORMED, "an answer that does not begin with an HTTP status line");
    }
    closes = head[7] == '0';
    return code;
  }

  private boolean isName(int from, String lowerCase) {
    for (int i = 0; i < lowerCase.length(); i++) {
      if ((head[from + i] | 0x20) != (lowerCase.charAt(i) | 0x20)) {
        return false;
      }
    }
    return true;
  }

  private String value(int colon, int lineEnd) {
    return new String(head, colon + 1, lineEnd - colon - 1, StandardCharsets.ISO_8859_1).strip();
  }

  private static long number(String text) {
    try {
      return Long.parseUnsignedLong(text);
    } catch (NumberFormatException e) {
      throw new Problem(Reason.MALFORMED, "a Content-Length that is not a number");
    }
  }

  private void addCookie(String line) {
    if (cookies.isEmpty()) {
      cookies = new ArrayList<>(2);
    }
    cookies.add(line);
  }

  /** Reads a body in chunks to its end, and keeps nothing of it (RFC 9112, section 7.1). */
  static final class ChunkReader {

    private static final int LONGEST_LINE = 8 * 1024;

    private final StringBuilder line = new StringBuilder();

    /**
     * Bytes of the present chunk that are still to come, with the line end after it; 0 when a line
     * is next.
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
}
