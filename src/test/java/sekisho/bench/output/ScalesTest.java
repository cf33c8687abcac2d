package sekisho.bench.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ScalesTest {

  @Test
  void linearLabelsAreRoundAndHoldTheValues() {
    assertThat(Scales.linear("", 43_000).ticks())
        .extracting(Chart.Tick::label)
        .containsExactly("0", "10,000", "20,000", "30,000", "40,000", "50,000");
    assertThat(Scales.linear("", 1).ticks())
        .extracting(Chart.Tick::label)
        .containsExactly("0", "0.2", "0.4", "0.6", "0.8", "1");
    assertThat(Scales.linear("", 50_000).place(25_000)).isCloseTo(0.5, within(1e-9));
    assertThat(Scales.linear("", 0).ticks()).isNotEmpty();
  }

  @Test
  void logarithmicLabelsArePowersOfTen() {
    assertThat(Scales.logarithmic("", 0.07, 12).ticks())
        .extracting(Chart.Tick::label)
        .containsExactly("0.01", "0.1", "1", "10", "100");
    assertThat(Scales.logarithmic("", 1, 1).place(1)).isZero();
  }

  @Test
  void percentilesStretchTowardsTheEnd() {
    Chart.Scale scale = Scales.percentiles("", 4);
    assertThat(scale.place(0)).isCloseTo(0, within(1e-9));
    assertThat(scale.place(90)).isCloseTo(0.25, within(1e-9));
    assertThat(scale.place(99.99)).isCloseTo(1, within(1e-6));
    assertThat(scale.ticks())
        .extracting(Chart.Tick::label)
        .containsExactly("0 %", "50 %", "90 %", "99 %", "99.9 %", "99.99 %");
  }

  @Test
  void chartsEscapeWhatTheyShow() {
    String svg =
        new Chart(Scales.linear("a<b", 1), Scales.linear("\"", 1))
            .dot(new Chart.Point(0, 0), "bad", "<script>")
            .svg("5 > 4");
    assertThat(svg)
        .doesNotContain("<script>")
        .contains("a&lt;b")
        .contains("5 &gt; 4")
        .endsWith("</svg>");
  }
}
