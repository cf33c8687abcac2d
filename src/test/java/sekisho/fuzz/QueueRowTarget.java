package sekisho.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import sekisho.login.HistoryEntry;
import sekisho.login.RecordedAttempt;
import sekisho.redis.MalformedRowException;
import sekisho.redis.QueueRow;

/**
 * A row is an attempt that fits the tables and reads the same when it is written again; or it goes
 * into quarantine.
 */
final class QueueRowTarget implements FuzzTarget {

  @Override
  public String name() {
    return "queue-row";
  }

  @Override
  public List<String> words() {
    return List.of(
        "\t",
        "\t\t",
        "\t0\t",
        "\t1\t",
        "1393027200123",
        "253402300799999",
        "253402300800000",
        "9007199254740991",
        "9007199254740992",
        "9223372036854775807",
        "-9223372036854775808",
        "-",
        "+",
        "0",
        "00",
        " ",
        "192.0.2.1",
        "2001:db8:1:2::/64",
        "n".repeat(255),
        "\u00e3\u0081\u0082",
        "\u00f0\u009f\u009a\u00a7",
        "\u00ed\u00a0\u0080",
        "\u00c0\u0080",
        "\r\n",
        "\0");
  }

  @Override
  public void accept(byte[] input) throws MalformedRowException {
    HistoryEntry entry;
    try {
      entry = QueueRow.parse(input);
    } catch (MalformedRowException e) {
      Check.that(!e.getMessage().isEmpty(), "no reason");
      return;
    }
    Check.that(
        Arrays.equals(
            QueueRow.format(entry), QueueRow.format(QueueRow.parse(QueueRow.format(entry)))),
        "does not read as it was formatted");
    if (!(entry instanceof RecordedAttempt attempt)) {
      return;
    }
    Check.that(
        attempt.login().codePointCount(0, attempt.login().length()) <= 255, "the name is too long");
    Check.that(
        attempt.address().length() <= 64 && !attempt.address().isEmpty(),
        "the address does not fit");
    Check.that(!attempt.succeeded() || attempt.userId().isPresent(), "a success of nobody");
    Check.that(QueueRow.parse(written(attempt)).equals(attempt), "does not read as it was written");
  }

  private static byte[] written(RecordedAttempt attempt) {
    String userId = attempt.userId().isPresent() ? Long.toString(attempt.userId().getAsLong()) : "";
    return String.join(
            "\t",
            Long.toString(attempt.sequence()),
            Long.toString(attempt.at().toEpochMilli()),
            attempt.succeeded() ? "1" : "0",
            userId,
            attempt.address(),
            attempt.login())
        .getBytes(StandardCharsets.UTF_8);
  }
}
