package sekisho.bench.output;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sekisho.bench.contest.ReportCheck;
import sekisho.bench.load.Latency;
import sekisho.bench.load.LoopMeter;
import sekisho.bench.load.Monitor.Sample;
import sekisho.bench.load.ProcessMeter;
import sekisho.bench.load.Reason;
import sekisho.bench.load.Recorder;

/**
 * Everything that a run found.
 *
 * @param machine what the figures depend on beside the settings, by name
 * @param startedAt when the load began
 * @param seconds for how long load was made, at most until the last worker was told to stop
 * @param requests answers in that time
 * @param pages right pages in that time
 * @param failures problems by reason
 * @param latencies all requests first, then each kind
 * @param samples one for each second
 * @param usages CPU time and memory by role
 * @param loop how busy the generator was
 * @param report the comparison of {@code /report} with the expected state; null in raw mode and
 *     when there was no report
 * @param phases what was done one after the other
 * @param ramp the rate at each number of workers; empty unless they rose
 * @param remarks what a reader should know, a line each
 */
public record BenchResult(
    BenchSettings settings,
    Map<String, Object> machine,
    Instant startedAt,
    double seconds,
    long requests,
    long pages,
    Map<Reason, Recorder.Failures> failures,
    List<Latency> latencies,
    List<Sample> samples,
    List<ProcessMeter.Usage> usages,
    LoopMeter.LoopLoad loop,
    ReportCheck report,
    List<Phase> phases,
    List<RampStep> ramp,
    List<String> remarks) {

  /** What one failure takes from the score. */
  public static final int DEDUCTION = 50;

  /**
   * One phase of a run.
   *
   * @param name such as {@code pre-test}
   * @param seconds how long it took
   * @param problems how many problems were found in it
   */
  public record Phase(String name, double seconds, long problems) {}

  /**
   * One number of workers.
   *
   * @param pagesPerSecond the rate while there were so many
   */
  public record RampStep(int workers, double pagesPerSecond) {}

  /** Whether nothing at all was wrong. */
  public boolean passed() {
    return failures.isEmpty();
  }

  /** Problems of all reasons. */
  long failureCount() {
    return failures.values().stream().mapToLong(Recorder.Failures::count).sum();
  }

  /**
   * A point for each right page, less {@value #DEDUCTION} for each failure; none when a failure was
   * critical.
   */
  long score() {
    return failures.keySet().stream().anyMatch(Reason::isCritical)
        ? 0
        : Math.max(0, pages - DEDUCTION * failureCount());
  }

  /** The number of workers at which the rate was highest; empty unless they rose. */
  Optional<RampStep> best() {
    return ramp.stream().max(Comparator.comparingDouble(RampStep::pagesPerSecond));
  }

  double requestsPerSecond() {
    return requests / seconds;
  }

  double pagesPerSecond() {
    return pages / seconds;
  }
}
