package sekisho.bench.output;

import java.time.Instant;
import java.util.List;
import java.util.Map;
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
 * @param remarks what a reader should know, a line each
 */
public record BenchResult(
    BenchSettings settings,
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
    List<String> remarks) {

  /** Whether nothing at all was wrong. */
  public boolean passed() {
    return failures.isEmpty();
  }

  /** Problems of all reasons. */
  long failureCount() {
    return failures.values().stream().mapToLong(Recorder.Failures::count).sum();
  }

  /** A point for each right page; none if anything was wrong. */
  long score() {
    return passed() ? pages : 0;
  }

  double requestsPerSecond() {
    return requests / seconds;
  }

  double pagesPerSecond() {
    return pages / seconds;
  }
}
