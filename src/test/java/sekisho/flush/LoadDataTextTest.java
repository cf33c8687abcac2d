package sekisho.flush;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import sekisho.login.RecordedAttempt;

class LoadDataTextTest {

  private static String text(RecordedAttempt... attempts) {
    return new String(LoadDataText.of(List.of(attempts)), StandardCharsets.UTF_8);
  }

  @Test
  void aRowHasTheColumnsOfTheTable() {
    assertThat(
            text(
                new RecordedAttempt(
                    7,
                    Instant.parse("2014-02-22T00:00:00.005Z"),
                    OptionalLong.of(-42),
                    "名",
                    "192.0.2.1",
                    true),
                new RecordedAttempt(
                    8,
                    Instant.parse("9999-12-31T23:59:59.999Z"),
                    OptionalLong.empty(),
                    "",
                    "::1",
                    false)))
        .isEqualTo(
            "7\t2014-02-22 00:00:00.005\t-42\t名\t192.0.2.1\t1\n8\t9999-12-31 23:59:59.999\t\\N\t\t::1\t0\n");
  }

  @Test
  void whatWouldSeparateIsEscaped() {
    assertThat(
            text(
                new RecordedAttempt(
                    1, Instant.EPOCH, OptionalLong.empty(), "a\tb\nc\\d\0e\r\\N", "a", false)))
        .isEqualTo("1\t1970-01-01 00:00:00.000\t\\N\ta\\tb\\nc\\\\d\\0e\r\\\\N\ta\t0\n");
  }
}
