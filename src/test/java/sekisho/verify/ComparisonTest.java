package sekisho.verify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import sekisho.verify.Comparison.Kind;

class ComparisonTest {

  @Test
  void nothingAddedGivesNothing() {
    Comparison comparison = new Comparison(10);
    assertThat(comparison.found()).isZero();
    assertThat(comparison.differences()).isEmpty();
  }

  @Test
  void eachDifferenceNamesWhatShouldBeAndWhatIsInTheOrderOfKinds() {
    Comparison comparison = new Comparison(10);
    comparison.add(Kind.REDIS_USERS, "7", 2, null);
    comparison.add(Kind.STATE, "something else");
    comparison.add(Kind.ADDRESS_FAILURES, "192.0.2.2", null, 5);
    comparison.add(Kind.ADDRESS_FAILURES, "192.0.2.1", 3, 4);
    assertThat(comparison.differences())
        .containsExactly(
            "address_failures: address 192.0.2.2: 5, but the log gives nothing",
            "address_failures: address 192.0.2.1: 4, but the log gives 3",
            "something else",
            "counter in Redis: user 7: nothing, but the log gives 2");
  }

  @Test
  void allAreCountedAndTheFirstOnesKept() {
    Comparison comparison = new Comparison(3);
    for (int i = 1; i <= 100; i++) {
      comparison.add(Kind.QUEUE, "row " + i);
      comparison.add(Kind.LOG, "row " + i);
    }
    assertThat(comparison.found()).isEqualTo(200);
    assertThat(comparison.differences())
        .containsExactly("login_log: row 1", "login_log: row 2", "login_log: row 3");
  }
}
