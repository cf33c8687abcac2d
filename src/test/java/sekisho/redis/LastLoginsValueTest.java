package sekisho.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.login.LastLogins;
import sekisho.login.Success;
import sekisho.redis.LastLoginsReader.LastLoginsValue;

class LastLoginsValueTest {

  private static final Success NEWEST =
      new Success(Instant.ofEpochMilli(1393027200123L), "2001:db8::1");
  private static final Success PREVIOUS =
      new Success(Instant.ofEpochMilli(1393027200000L), "192.0.2.1");

  @Test
  void oneLogin() throws MalformedRowException {
    LastLogins logins = LastLogins.first(NEWEST);
    assertThat(LastLoginsValue.format(logins)).isEqualTo("1393027200123 2001:db8::1");
    assertThat(LastLoginsValue.parse("1393027200123 2001:db8::1")).isEqualTo(logins);
  }

  @Test
  void twoLogins() throws MalformedRowException {
    LastLogins logins = new LastLogins(NEWEST, Optional.of(PREVIOUS));
    assertThat(LastLoginsValue.format(logins))
        .isEqualTo("1393027200123 2001:db8::1 1393027200000 192.0.2.1");
    assertThat(LastLoginsValue.parse(LastLoginsValue.format(logins))).isEqualTo(logins);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "1 a 2",
        "1 a 2 b 3",
        "1 a 2 b ",
        "x a",
        "1 a x b",
        "99999999999999999999 a"
      })
  void anythingElseIsRefused(String value) {
    assertThatThrownBy(() -> LastLoginsValue.parse(value))
        .isInstanceOf(MalformedRowException.class)
        .hasMessageStartingWith("last logins have ");
  }
}
