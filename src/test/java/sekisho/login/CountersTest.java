package sekisho.login;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class CountersTest {

  private final Counters counters = new Counters();
  private long sequence;

  private Success attempt(OptionalLong user, String address, boolean succeeded) {
    Instant at = Instant.ofEpochMilli(1_000 + ++sequence);
    counters.apply(new RecordedAttempt(sequence, at, user, "name", address, succeeded));
    return new Success(at, address);
  }

  @Test
  void failuresAreCountedByAddressAndByUser() {
    attempt(OptionalLong.of(1), "a", false);
    attempt(OptionalLong.of(1), "b", false);
    attempt(OptionalLong.of(2), "a", false);
    assertThat(counters.addressFailures()).hasSize(2).containsEntry("a", 2L).containsEntry("b", 1L);
    assertThat(counters.userFailures()).hasSize(2).containsEntry(1L, 2L).containsEntry(2L, 1L);
    assertThat(counters.lastLogins()).isEmpty();
  }

  @Test
  void unknownNamesCountForTheAddressAlone() {
    attempt(OptionalLong.empty(), "a", false);
    assertThat(counters.addressFailures()).hasSize(1).containsEntry("a", 1L);
    assertThat(counters.userFailures()).isEmpty();
  }

  @Test
  void aSuccessSetsItsAddressAndItsUserToZeroAndNothingElse() {
    attempt(OptionalLong.of(1), "a", false);
    attempt(OptionalLong.of(1), "b", false);
    attempt(OptionalLong.of(2), "a", false);
    attempt(OptionalLong.of(2), "b", true);
    assertThat(counters.addressFailures()).hasSize(1).containsEntry("a", 2L);
    assertThat(counters.userFailures()).hasSize(1).containsEntry(1L, 2L);
  }

  @Test
  void theLastTwoSuccessesAreKept() {
    Success first = attempt(OptionalLong.of(1), "a", true);
    assertThat(counters.lastLogins()).containsEntry(1L, new LastLogins(first, Optional.empty()));
    Success second = attempt(OptionalLong.of(1), "b", true);
    attempt(OptionalLong.of(1), "c", false);
    attempt(OptionalLong.of(2), "d", true);
    assertThat(counters.lastLogins().get(1L)).isEqualTo(new LastLogins(second, Optional.of(first)));
    Success third = attempt(OptionalLong.of(1), "a", true);
    assertThat(counters.lastLogins().get(1L)).isEqualTo(new LastLogins(third, Optional.of(second)));
  }
}
