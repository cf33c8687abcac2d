package sekisho.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.login.HistoryEntry;
import sekisho.login.OperatorAct;
import sekisho.login.OperatorAct.Kind;
import sekisho.login.RecordedAttempt;
import sekisho.testing.Attempts;

class QueueRowTest {

  static final List<String> AWKWARD_NAMES = Attempts.AWKWARD_NAMES;

  private static RecordedAttempt attempt(String row) throws MalformedRowException {
    return (RecordedAttempt) parse(row);
  }

  private static HistoryEntry parse(String row) throws MalformedRowException {
    return QueueRow.parse(row.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @FieldSource("AWKWARD_NAMES")
  void theNameIsEverythingAfterTheFifthTab(String name) throws MalformedRowException {
    assertThat(parse("7\t1393027200123\t1\t42\t192.0.2.1\t" + name))
        .isEqualTo(
            new RecordedAttempt(
                7,
                Instant.parse("2014-02-22T00:00:00.123Z"),
                OptionalLong.of(42),
                name,
                "192.0.2.1",
                true));
  }

  @Test
  void anEmptyUserIdIsAnUnknownName() throws MalformedRowException {
    assertThat(parse("7\t0\t0\t\t2001:db8::1\tnobody"))
        .isEqualTo(
            new RecordedAttempt(
                7, Instant.EPOCH, OptionalLong.empty(), "nobody", "2001:db8::1", false));
  }

  @Test
  void numbersGoToTheirLimits() throws MalformedRowException {
    assertThat(parse("9007199254740991\t253402300799999\t0\t-9223372036854775808\ta\t"))
        .isEqualTo(
            new RecordedAttempt(
                9007199254740991L,
                Instant.parse("9999-12-31T23:59:59.999Z"),
                OptionalLong.of(Long.MIN_VALUE),
                "",
                "a",
                false));
    assertThat(attempt("1\t0\t0\t9223372036854775807\ta\t").userId()).hasValue(Long.MAX_VALUE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "garbage", "7\t0\t0\t1\t192.0.2.1"})
  void tooFewFieldsAreRefused(String row) {
    assertThatThrownBy(() -> parse(row))
        .isInstanceOf(MalformedRowException.class)
        .hasMessageContaining("fields instead of 6");
  }

  /**
   * Lua and Java must read the same numbers, or a row that one takes for an attempt stays in the
   * other's way.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-1",
        "",
        " 7",
        "7 ",
        "+7",
        "٧",
        "7.0",
        "7e0",
        "0x7",
        "9007199254740992",
        "9223372036854775808",
        "99999999999999999999"
      })
  void sequenceNumbersAreDigitsFromOneToTheLargestThatLuaCanCount(String number) {
    assertThatThrownBy(() -> parse(number + "\t0\t0\t1\t192.0.2.1\tname"))
        .isInstanceOf(MalformedRowException.class)
        .hasMessage("has no valid sequence number");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "", "253402300800000", "x"})
  void timesAreThoseThatTheTableHolds(String millis) {
    assertThatThrownBy(() -> parse("7\t" + millis + "\t0\t1\t192.0.2.1\tname"))
        .isInstanceOf(MalformedRowException.class)
        .hasMessage("has no valid time");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "-", "--1", "1.5", "9223372036854775808", "+1"})
  void userIdsAreWholeNumbers(String id) {
    assertThatThrownBy(() -> parse("7\t0\t0\t" + id + "\t192.0.2.1\tname"))
        .isInstanceOf(MalformedRowException.class)
        .hasMessage("has no valid user id");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2", "", "-1", "true"})
  void successIsZeroOrOne(String flag) {
    assertThatThrownBy(() -> parse("7\t0\t" + flag + "\t1\t192.0.2.1\tname"))
        .isInstanceOf(MalformedRowException.class)
        .hasMessage("has no valid success flag");
  }

  @Test
  void anUnknownNameDoesNotSucceed() {
    assertThatThrownBy(() -> parse("7\t0\t1\t\t192.0.2.1\tname"))
        .isInstanceOf(MalformedRowException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "192.0.2.1 ",
        "関所",
        "a\u007f",
        "12345678901234567890123456789012345678901234567890123456789012345"
      })
  void addressesArePrintableAsciiThatFitsTheTable(String address) {
    assertThatThrownBy(() -> parse("7\t0\t0\t1\t" + address + "\tname"))
        .isInstanceOf(MalformedRowException.class)
        .hasMessage("has no valid address");
  }

  @Test
  void addressesMayBeAsLongAsTheTableHolds() throws MalformedRowException {
    assertThat(attempt("7\t0\t0\t1\t" + "a".repeat(64) + "\tname").address()).hasSize(64);
    assertThat(attempt("7\t0\t0\t1\t!~\tname").address()).isEqualTo("!~");
  }

  @ParameterizedTest
  @ValueSource(strings = {"v0\t", "v3\tanything", "v9\t\t", "v1234567890123456789\tx"})
  void rowsOfALaterVersionAreKnownByTheirBeginning(String row) {
    byte[] bytes = row.getBytes(StandardCharsets.UTF_8);
    assertThat(QueueRow.unknownVersion(bytes)).hasValue(row.substring(0, row.indexOf('\t')));
    assertThatThrownBy(() -> QueueRow.parse(bytes))
        .isInstanceOf(MalformedRowException.class)
        .hasMessageContaining("format version " + row.substring(0, row.indexOf('\t')));
  }

  @Test
  void actsAreReadAsTheyAreWritten() throws MalformedRowException {
    OperatorAct lock =
        new OperatorAct(
            7,
            Instant.ofEpochMilli(1393027200123L),
            Kind.LOCK,
            OptionalLong.of(-42),
            "tab\tand 関所",
            "opérateur",
            "");
    String row = "v2\t7\t1393027200123\tlock\t-42\topérateur\t\ttab\tand 関所";
    assertThat(parse(row)).isEqualTo(lock);
    assertThat(QueueRow.format(lock)).isEqualTo(row.getBytes(StandardCharsets.UTF_8));
    assertThat(parse("v2\t7\t0\tpardon\t\tme\twhy\t192.0.2.1"))
        .isEqualTo(
            new OperatorAct(
                7, Instant.EPOCH, Kind.PARDON, OptionalLong.empty(), "192.0.2.1", "me", "why"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "v2\t7\t0\tpardon\t\tme\t192.0.2.1",
        "v2\t7\t0\tforgive\t\tme\twhy\t192.0.2.1",
        "v2\t7\t0\tban\t1\tme\twhy\tname",
        "v2\t7\t0\tlock\t\tme\twhy\t192.0.2.1",
        "v2\t0\t0\tban\t\tme\twhy\t192.0.2.1",
        "v2\t7\t-1\tban\t\tme\twhy\t192.0.2.1",
        "v2\t7\t0\tban\tx\tme\twhy\t192.0.2.1",
        "v2\t7\t0\tban\t\tme\twhy\t192 0"
      })
  void whatIsNoActIsRefused(String row) {
    assertThatThrownBy(() -> parse(row)).isInstanceOf(MalformedRowException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "v",
        "v\t",
        "v2",
        "V2\t",
        "2\t",
        "v/\t",
        "v:\t",
        "va\t",
        "v2x\t",
        "x2\t",
        "v12345678901234567890\tx"
      })
  void whatBeginsOtherwiseIsOfNoLaterVersion(String row) {
    assertThat(QueueRow.unknownVersion(row.getBytes(StandardCharsets.UTF_8))).isEmpty();
  }

  @Test
  void namesThatDoNotFitTheTableAreRefused() throws MalformedRowException {
    String longest = "😀".repeat(255);
    assertThat(attempt("7\t0\t0\t1\t192.0.2.1\t" + longest).login()).isEqualTo(longest);
    assertThat(attempt("7\t0\t0\t1\t192.0.2.1\t" + "x".repeat(255)).login()).hasSize(255);
    assertThatThrownBy(() -> parse("7\t0\t0\t1\t192.0.2.1\t" + "x".repeat(256)))
        .isInstanceOf(MalformedRowException.class)
        .hasMessageContaining("over 255 characters");
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() {
    byte[] row = "7\t0\t0\t1\t192.0.2.1\tname".getBytes(StandardCharsets.UTF_8);
    for (int last : new int[] {0xff, 0xc3, 0x80}) {
      row[row.length - 1] = (byte) last;
      assertThatThrownBy(() -> QueueRow.parse(row))
          .isInstanceOf(MalformedRowException.class)
          .hasMessage("is not UTF-8");
    }
    byte[] surrogate = "7\t0\t0\t1\t192.0.2.1\txxx".getBytes(StandardCharsets.UTF_8);
    surrogate[surrogate.length - 3] = (byte) 0xed;
    surrogate[surrogate.length - 2] = (byte) 0xa0;
    surrogate[surrogate.length - 1] = (byte) 0x80;
    assertThatThrownBy(() -> QueueRow.parse(surrogate)).isInstanceOf(MalformedRowException.class);
  }
}
