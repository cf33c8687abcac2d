package sekisho.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ComparisonTest {

  private final Comparison comparison = new Comparison();

  @Test
  void equalsGiveNothing() {
    comparison.compare("counter", Map.of("a", 1), Map.of("a", 1));
    comparison.compare("name", Set.of("a"), Set.of("a"));
    assertThat(comparison.differences()).isEmpty();
  }

  @Test
  void eachDifferenceNamesWhatShouldBeAndWhatIsInTheOrderOfKeys() {
    comparison.compare("counter", Map.of("a", 1, "b", 2, "d", 4), Map.of("a", 1, "b", 3, "c", 5));
    assertThat(comparison.differences()).containsExactly("counter b: 3, but the log gives 2",
        "counter c: 5, but the log gives nothing", "counter d: nothing, but the log gives 4");
  }

  @Test
  void elementsOfOneSetAloneAreNamed() {
    comparison.compare("name", Set.of("b", "a", "c"), Set.of("c", "d"));
    comparison.add("something else");
    assertThat(comparison.differences())
        .containsExactly("name a is missing", "name b is missing", "name d is extra", "something else");
  }
}
