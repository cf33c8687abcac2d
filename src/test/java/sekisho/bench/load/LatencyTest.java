package sekisho.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LatencyTest {

  private final Recorder recorder = new Recorder(Duration.ofDays(1));

  private void answered(RequestKind kind, long nanos) {
    long due = System.nanoTime();
    recorder.answered(kind, due, due + nanos);
  }

  @Test
  void percentilesAreExactToThreeDigits() {
    for (int micros = 1; micros <= 10_000; micros++) {
      answered(RequestKind.TOP, micros * 1_000L);
    }
    Latency latency = Latency.of("GET /", recorder.latencies(RequestKind.TOP));
    assertThat(latency.count()).isEqualTo(10_000);
    assertThat(latency.mean()).isCloseTo(5_000, within(10.0));
    assertThat((double) latency.p50()).isCloseTo(5_000, within(5.0));
    assertThat((double) latency.p99()).isCloseTo(9_900, within(10.0));
    assertThat((double) latency.p999()).isCloseTo(9_990, within(10.0));
    assertThat((double) latency.max()).isCloseTo(10_000, within(10.0));
  }

  @Test
  void curveRisesAndEndsWhereThereIsDataForIt() {
    for (int i = 0; i < 100; i++) {
      answered(RequestKind.LOGIN, 1_000_000L + i);
    }
    Latency latency = Latency.of("", recorder.latencies(RequestKind.LOGIN));
    assertThat(latency.curve().get(0).percentile()).isZero();
    assertThat(latency.curve().get(latency.curve().size() - 1).percentile())
        .isCloseTo(99, within(0.01));
    assertThat(latency.curve())
        .isSortedAccordingTo((a, b) -> Double.compare(a.percentile(), b.percentile()));
  }

  @Test
  void nothingRecordedIsNothingShown() {
    Latency latency = Latency.of("", recorder.latencies(RequestKind.TOP));
    assertThat(latency.count()).isZero();
    assertThat(latency.curve()).isEmpty();
  }

  @Test
  void shortAndLongTimesAreKeptWithinTheRange() {
    answered(RequestKind.TOP, 0);
    answered(RequestKind.TOP, 1);
    answered(RequestKind.TOP, Long.MAX_VALUE / 2);
    assertThat(recorder.latencies(RequestKind.TOP).getMinValue()).isEqualTo(1);
    assertThat(recorder.requests()).isEqualTo(3);
  }

  @Test
  void theReportIsNotMixedIntoTheOthers() {
    answered(RequestKind.TOP, 1_000);
    answered(RequestKind.REPORT, 1_000_000_000);
    assertThat(recorder.allLatencies().getTotalCount()).isEqualTo(1);
  }

  @Test
  void whatFellDueBeforeTheRestartIsNotTimed() {
    long due = System.nanoTime();
    recorder.restart();
    recorder.answered(RequestKind.TOP, due - 1, due + 1_000);
    assertThat(recorder.requests()).isEqualTo(1);
    assertThat(recorder.allLatencies().getTotalCount()).isZero();
  }

  @Test
  void restartForgetsTimesAndKeepsWhatWasWrong() {
    answered(RequestKind.TOP, 1_000);
    recorder.pageRight();
    recorder.problem(new Problem(Reason.STATUS, "GET /: expected 200, got 500"));
    recorder.restart();
    assertThat(recorder.requests()).isZero();
    assertThat(recorder.pages()).isZero();
    assertThat(recorder.allLatencies().getTotalCount()).isZero();
    assertThat(recorder.failuresByReason().get(Reason.STATUS).count()).isEqualTo(1);
  }
}
