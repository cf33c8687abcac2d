package sekisho.bench.ceiling;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Figures, ranges and verdicts of the result. */
class RowTest {

  @Test
  void ratiosAreTakenRoundByRound() {
    MinMedianMax spread =
        MinMedianMax.ofRatios(new double[] {10, 30, 20}, new double[] {10, 10, 40});
    assertThat(spread).isEqualTo(new MinMedianMax(1, 0.5, 3));
    assertThat(spread.text("%.2f")).isEqualTo("1.00 (0.50–3.00)");
    assertThat(MinMedianMax.of(1, 4, 2, 3).median()).isEqualTo(2.5);
  }

  @Test
  void theVerdictFollowsTheTarget() {
    assertThat(Row.atLeast(0.6, "", "m", 0.6, "f").text()).contains("≥ 0.60").endsWith(" met");
    assertThat(Row.atLeast(0.6, "", "m", 0.59, "f").text()).endsWith("MISSED");
    assertThat(Row.atMost(350, " MiB", "m", 350, "f").text())
        .contains("≤ 350 MiB")
        .endsWith(" met");
    assertThat(Row.atMost(350, " MiB", "m", 351, "f").text()).endsWith("MISSED");
    assertThat(Row.atMost(2, " ms", "m", Double.NaN, "f").text())
        .as("not measured")
        .endsWith("MISSED");
    assertThat(Row.remark("a remark").text()).endsWith("a remark");
  }
}
