package sekisho.redis;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import sekisho.login.HistoryEntry;
import sekisho.login.OperatorAct;
import sekisho.login.RecordedAttempt;

/**
 * The form of an entry of the history in the queue. An attempt, as {@code decide.lua} writes it:
 * sequence number, milliseconds since 1970, 1 or 0 for success, user id (empty for an unknown
 * name), address, name as typed; separated by tabs. The name comes last and may hold tabs.
 *
 * <p>An operator's act, as {@code act.lua} writes it: {@code v2}, sequence number, milliseconds,
 * kind, user id (empty for an address), operator, reason, name or address, which may hold tabs. It
 * begins with its version since services of version 1 do not know acts, and leave what begins so
 * alone.
 */
public final class QueueRow {

  private static final int FIELDS = 6;
  private static final int ACT_FIELDS = 8;
  private static final byte[] ACT = {'v', '2', '\t'};
  private static final int MAX_LOGIN = 255;
  private static final int MAX_ADDRESS = 64;

  /** Up to here Lua, which counts in floating point, tells neighbours apart. */
  private static final long MAX_SEQUENCE = (1L << 53) - 1;

  private static final int MAX_DIGITS = 19;

  /** The end of the year 9999, the last that DATETIME holds. */
  private static final long MAX_MILLIS = 253_402_300_799_999L;

  private QueueRow() {}

  /**
   * Tells a row that a newer version of the service wrote: it begins with {@code v} and a number,
   * and a tab.
   *
   * @param row its bytes
   * @return its version, such as {@code v3}; empty for a row that is an entry of this version, or
   *     none at all
   */
  public static Optional<String> unknownVersion(byte[] row) {
    if (isAct(row)) {
      return Optional.empty();
    }
    int end = 1;
    while (end < row.length && end <= MAX_DIGITS && row[end] >= '0' && row[end] <= '9') {
      end++;
    }
    return row.length > 0 && row[0] == 'v' && end > 1 && end < row.length && row[end] == '\t'
        ? Optional.of(new String(row, 0, end, StandardCharsets.US_ASCII))
        : Optional.empty();
  }

  private static boolean isAct(byte[] row) {
    return row.length >= ACT.length && Arrays.equals(row, 0, ACT.length, ACT, 0, ACT.length);
  }

  /**
   * Reads a row.
   *
   * @param row its bytes
   * @return the entry, fit for the tables of sql/schema.sql
   * @throws MalformedRowException when it is not such a row
   */
  public static HistoryEntry parse(byte[] row) throws MalformedRowException {
    Optional<String> unknown = unknownVersion(row);
    if (unknown.isPresent()) {
      throw new MalformedRowException(
          "is of format version "
              + unknown.get()
              + ", which this version of the service cannot read");
    }
    boolean ascii = isAscii(row);
    if (!ascii) {
      requireUtf8(row);
    }
    return isAct(row) ? act(row) : attempt(row, ascii);
  }

  private static RecordedAttempt attempt(byte[] row, boolean ascii) throws MalformedRowException {
    int[] ends = fieldEnds(row, FIELDS);
    long sequence = number("sequence number", row, 0, ends[0], 1, MAX_SEQUENCE);
    Instant at = Instant.ofEpochMilli(number("time", row, ends[0] + 1, ends[1], 0, MAX_MILLIS));
    OptionalLong userId =
        ends[3] == ends[2] + 1
            ? OptionalLong.empty()
            : OptionalLong.of(
                number("user id", row, ends[2] + 1, ends[3], Long.MIN_VALUE, Long.MAX_VALUE));
    boolean succeeded = number("success flag", row, ends[1] + 1, ends[2], 0, 1) == 1;
    if (succeeded && userId.isEmpty()) {
      throw new MalformedRowException("is a success of an unknown name");
    }
    String login =
        login(
            new String(
                row,
                ends[4] + 1,
                row.length - ends[4] - 1,
                ascii ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8));
    return new RecordedAttempt(
        sequence, at, userId, login, address(row, ends[3] + 1, ends[4]), succeeded);
  }

  private static OperatorAct act(byte[] row) throws MalformedRowException {
    int[] ends = fieldEnds(row, ACT_FIELDS);
    long sequence = number("sequence number", row, ends[0] + 1, ends[1], 1, MAX_SEQUENCE);
    Instant at = Instant.ofEpochMilli(number("time", row, ends[1] + 1, ends[2], 0, MAX_MILLIS));
    OptionalLong userId =
        ends[4] == ends[3] + 1
            ? OptionalLong.empty()
            : OptionalLong.of(
                number("user id", row, ends[3] + 1, ends[4], Long.MIN_VALUE, Long.MAX_VALUE));
    String subject =
        userId.isPresent()
            ? login(text(row, ends[6] + 1, row.length))
            : address(row, ends[6] + 1, row.length);
    try {
      return new OperatorAct(
          sequence,
          at,
          OperatorAct.Kind.valueOf(text(row, ends[2] + 1, ends[3]).toUpperCase(Locale.ROOT)),
          userId,
          subject,
          words("operator", row, ends[4] + 1, ends[5]),
          words("reason", row, ends[5] + 1, ends[6]));
    } catch (IllegalArgumentException e) {
      throw new MalformedRowException("has no valid kind of act");
    }
  }

  private static String words(String name, byte[] row, int from, int to)
      throws MalformedRowException {
    String words = text(row, from, to);
    if (words.codePointCount(0, words.length()) > MAX_LOGIN) {
      throw new MalformedRowException("has no valid " + name);
    }
    return words;
  }

  private static String text(byte[] row, int from, int to) {
    return new String(row, from, to - from, StandardCharsets.UTF_8);
  }

  /**
   * Reads a row where one that is no entry is somebody else's business.
   *
   * @param row its bytes
   * @return the attempt or act, if it is one
   */
  public static Optional<HistoryEntry> entry(byte[] row) {
    try {
      return Optional.of(parse(row));
    } catch (MalformedRowException e) {
      return Optional.empty();
    }
  }

  /**
   * Reads a row where one that is no attempt is somebody else's business.
   *
   * @param row its bytes
   * @return the attempt, if it is one
   */
  public static Optional<RecordedAttempt> attempt(byte[] row) {
    return entry(row).filter(RecordedAttempt.class::isInstance).map(RecordedAttempt.class::cast);
  }

  /**
   * Writes a row.
   *
   * @return the row that {@link #parse} reads as that attempt
   */
  public static byte[] format(HistoryEntry entry) {
    return entry instanceof RecordedAttempt attempt ? format(attempt) : format((OperatorAct) entry);
  }

  private static byte[] format(OperatorAct act) {
    return String.join(
            "\t",
            "v2",
            Long.toString(act.sequence()),
            Long.toString(act.at().toEpochMilli()),
            act.kind().name().toLowerCase(Locale.ROOT),
            user(act.userId()),
            act.operator(),
            act.reason(),
            act.subject())
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String user(OptionalLong id) {
    return id.isPresent() ? Long.toString(id.getAsLong()) : "";
  }

  private static byte[] format(RecordedAttempt attempt) {
    return String.join(
            "\t",
            Long.toString(attempt.sequence()),
            Long.toString(attempt.at().toEpochMilli()),
            attempt.succeeded() ? "1" : "0",
            user(attempt.userId()),
            attempt.address(),
            attempt.login())
        .getBytes(StandardCharsets.UTF_8);
  }

  private static boolean isAscii(byte[] row) {
    int bits = 0;
    for (byte each : row) {
      bits |= each;
    }
    return bits >= 0;
  }

  private static void requireUtf8(byte[] row) throws MalformedRowException {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(row));
    } catch (CharacterCodingException e) {
      throw new MalformedRowException("is not UTF-8");
    }
  }

  /** Where the tabs are that end all fields but the last. */
  private static int[] fieldEnds(byte[] row, int fields) throws MalformedRowException {
    int[] ends = new int[fields - 1];
    int found = 0;
    for (int i = 0; i < row.length && found < ends.length; i++) {
      if (row[i] == '\t') {
        ends[found++] = i;
      }
    }
    if (found < ends.length) {
      throw new MalformedRowException("has " + (found + 1) + " fields instead of " + fields);
    }
    return ends;
  }

  /**
   * Reads digits as Lua reads them too: Java would also take a plus sign and the digits of other
   * scripts.
   */
  private static long number(String name, byte[] row, int from, int to, long min, long max)
      throws MalformedRowException {
    boolean negative = from < to && row[from] == '-';
    int first = negative ? from + 1 : from;
    boolean valid = first < to && to - first <= MAX_DIGITS;
    // Counted downwards, because the lowest number has no positive counterpart.
    long value = 0;
    for (int i = first; i < to && valid; i++) {
      int digit = row[i] - '0';
      valid = digit >= 0 && digit <= 9 && value >= (Long.MIN_VALUE + digit) / 10;
      value = value * 10 - digit;
    }
    valid &= negative || value != Long.MIN_VALUE;
    value = negative ? value : -value;
    if (!valid || value < min || value > max) {
      throw new MalformedRowException("has no valid " + name);
    }
    return value;
  }

  private static String address(byte[] row, int from, int to) throws MalformedRowException {
    boolean valid = from < to && to - from <= MAX_ADDRESS;
    for (int i = from; i < to && valid; i++) {
      valid = row[i] > ' ' && row[i] < 0x7f;
    }
    if (!valid) {
      throw new MalformedRowException("has no valid address");
    }
    return new String(row, from, to - from, StandardCharsets.ISO_8859_1);
  }

  private static String login(String text) throws MalformedRowException {
    if (text.length() > MAX_LOGIN && text.codePointCount(0, text.length()) > MAX_LOGIN) {
      throw new MalformedRowException("has a name of over " + MAX_LOGIN + " characters");
    }
    return text;
  }
}
