package sekisho.redis;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import sekisho.login.RecordedAttempt;

/**
 * The form of an attempt in the queue, as {@code decide.lua} writes it: sequence number, milliseconds since 1970, 1 or 0 for
 * success, user id (empty for an unknown name), address, name as typed; separated by tabs. The name comes last and may hold tabs.
 */
public final class QueueRow {

  private static final int FIELDS = 6;
  private static final int MAX_LOGIN = 255;
  private static final int MAX_ADDRESS = 64;
  /** Up to here Lua, which counts in floating point, tells neighbours apart. */
  private static final long MAX_SEQUENCE = (1L << 53) - 1;
  /** As Lua reads it too: Java would also take a plus sign and the digits of other scripts. */
  private static final Pattern WHOLE_NUMBER = Pattern.compile("-?[0-9]{1,19}");
  /** The end of the year 9999, the last that DATETIME holds. */
  private static final long MAX_MILLIS = 253_402_300_799_999L;

  private QueueRow() {
  }

  /**
   * Reads a row.
   *
   * @param row its bytes, not null
   * @return the attempt, fit for the tables of sql/schema.sql
   * @throws MalformedRowException when it is not such a row
   */
  public static RecordedAttempt parse(byte[] row) throws MalformedRowException {
    String[] fields = decode(row).split("\t", FIELDS);
    if (fields.length != FIELDS) {
      throw new MalformedRowException("has " + fields.length + " fields instead of " + FIELDS);
    }
    long sequence = number("sequence number", fields[0], 1, MAX_SEQUENCE);
    Instant at = Instant.ofEpochMilli(number("time", fields[1], 0, MAX_MILLIS));
    OptionalLong userId = fields[3].isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(number("user id", fields[3], Long.MIN_VALUE, Long.MAX_VALUE));
    boolean succeeded = number("success flag", fields[2], 0, 1) == 1;
    if (succeeded && userId.isEmpty()) {
      throw new MalformedRowException("is a success of an unknown name");
    }
    return new RecordedAttempt(sequence, at, userId, login(fields[5]), address(fields[4]), succeeded);
  }

  /**
   * Writes a row.
   *
   * @param attempt the attempt, not null
   * @return the row that {@link #parse} reads as that attempt
   */
  public static byte[] format(RecordedAttempt attempt) {
    String user = attempt.userId().isPresent() ? Long.toString(attempt.userId().getAsLong()) : "";
    return String.join("\t", Long.toString(attempt.sequence()), Long.toString(attempt.at().toEpochMilli()),
        attempt.succeeded() ? "1" : "0", user, attempt.address(), attempt.login()).getBytes(StandardCharsets.UTF_8);
  }

  private static String decode(byte[] row) throws MalformedRowException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(row)).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedRowException("is not UTF-8");
    }
  }

  private static long number(String name, String text, long min, long max) throws MalformedRowException {
    try {
      if (WHOLE_NUMBER.matcher(text).matches()) {
        long value = Long.parseLong(text);
        if (value >= min && value <= max) {
          return value;
        }
      }
    } catch (NumberFormatException e) {
      // said below, as for a number out of range
    }
    throw new MalformedRowException("has no valid " + name);
  }

  private static String address(String text) throws MalformedRowException {
    boolean ascii = text.chars().allMatch(c -> c > ' ' && c < 0x7f);
    if (text.isEmpty() || text.length() > MAX_ADDRESS || !ascii) {
      throw new MalformedRowException("has no valid address");
    }
    return text;
  }

  private static String login(String text) throws MalformedRowException {
    if (text.codePointCount(0, text.length()) > MAX_LOGIN) {
      throw new MalformedRowException("has a name of over " + MAX_LOGIN + " characters");
    }
    return text;
  }
}
