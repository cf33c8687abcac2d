package sekisho.flush;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import sekisho.login.RecordedAttempt;

/** Attempts as text that {@code sql/flush.sql} reads. Not thread-safe. */
final class LoadDataText {

  private static final int ROW_BYTES = 96;
  private static final byte[] NULL = {'\\', 'N'};
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.").withZone(ZoneOffset.UTC);

  private byte[] bytes;
  private int length;
  private long second = Long.MIN_VALUE;
  private byte[] secondText = {};

  private LoadDataText(int rows) {
    bytes = new byte[rows * ROW_BYTES];
  }

  /** The text of attempts, in their order. */
  static byte[] of(List<RecordedAttempt> attempts) {
    LoadDataText text = new LoadDataText(attempts.size());
    attempts.forEach(text::row);
    return Arrays.copyOf(text.bytes, text.length);
  }

  private void row(RecordedAttempt attempt) {
    number(attempt.sequence());
    put('\t');
    time(attempt.at());
    put('\t');
    if (attempt.userId().isPresent()) {
      number(attempt.userId().getAsLong());
    } else {
      put(NULL);
    }
    put('\t');
    escaped(attempt.login().getBytes(StandardCharsets.UTF_8));
    put('\t');
    escaped(attempt.address().getBytes(StandardCharsets.US_ASCII));
    put('\t');
    put(attempt.succeeded() ? '1' : '0');
    put('\n');
  }

  private void number(long number) {
    put(Long.toString(number).getBytes(StandardCharsets.ISO_8859_1));
  }

  private void time(Instant at) {
    if (at.getEpochSecond() != second) {
      second = at.getEpochSecond();
      secondText = SECONDS.format(at).getBytes(StandardCharsets.US_ASCII);
    }
    put(secondText);
    int millis = at.getNano() / 1_000_000;
    put('0' + millis / 100);
    put('0' + millis / 10 % 10);
    put('0' + millis % 10);
  }

  /** Bytes of UTF-8 that are not ASCII are never taken for one of these. */
  private void escaped(byte[] text) {
    for (byte each : text) {
      switch (each) {
        case '\\' -> escape('\\');
        case '\t' -> escape('t');
        case '\n' -> escape('n');
        case 0 -> escape('0');
        default -> put(each);
      }
    }
  }

  private void escape(char letter) {
    put('\\');
    put(letter);
  }

  private void put(byte[] text) {
    reserve(text.length);
    System.arraycopy(text, 0, bytes, length, text.length);
    length += text.length;
  }

  private void put(int each) {
    reserve(1);
    bytes[length++] = (byte) each;
  }

  private void reserve(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length * 2));
    }
  }
}
