package sekisho.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RulesTest {

  @ParameterizedTest
  @CsvSource({
    "0,  0, true,  SUCCESS", "0,  0, false, WRONG",
    "0,  2, true,  SUCCESS", "0,  2, false, WRONG",
    "0,  3, true,  LOCKED", "0,  3, false, LOCKED",
    "9,  0, true,  SUCCESS", "9,  0, false, WRONG",
    "9,  2, true,  SUCCESS", "9,  3, true,  LOCKED",
    "10, 0, true,  BANNED", "10, 0, false, BANNED",
    "10, 3, true,  BANNED", "11, 4, false, BANNED",
    "9223372036854775807, 0, true, BANNED", "0, 9223372036854775807, true, LOCKED"
  })
  void theFirstRuleThatAppliesDecides(
      long addressFailures, long userFailures, boolean matches, Outcome outcome) {
    assertThat(Rules.decide(Thresholds.DEFAULT, false, addressFailures, userFailures, matches))
        .isEqualTo(outcome);
  }

  @ParameterizedTest
  @CsvSource({"0, 0, SUCCESS", "1, 0, BANNED", "0, 1, LOCKED"})
  void theLowestThresholdsAreOne(long addressFailures, long userFailures, Outcome outcome) {
    assertThat(Rules.decide(new Thresholds(1, 1), false, addressFailures, userFailures, true))
        .isEqualTo(outcome);
    assertThatThrownBy(() -> new Thresholds(0, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Thresholds(1, 0)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({"10, 0, true, SUCCESS", "1099511627776, 0, false, WRONG", "10, 3, true, LOCKED"})
  void anAllowedAddressIsNotBanned(
      long addressFailures, long userFailures, boolean matches, Outcome outcome) {
    assertThat(Rules.decide(Thresholds.DEFAULT, true, addressFailures, userFailures, matches))
        .isEqualTo(outcome);
  }

  @Test
  void onlySuccessSucceeds() {
    assertThat(Outcome.values()).filteredOn(Outcome::succeeded).containsExactly(Outcome.SUCCESS);
  }

  @Test
  void anUnknownNameHasNoRightPassword() {
    assertThatThrownBy(() -> new Attempt("nobody", OptionalLong.empty(), true, "192.0.2.1"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
