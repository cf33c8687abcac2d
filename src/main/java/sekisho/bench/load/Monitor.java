package sekisho.bench.load;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;

/** Watches a run from the calling thread: a sample and a line of progress each second. */
public final class Monitor {

  /** A shorter rest at the end would make a sample of a few ticks of CPU time: all noise. */
  private static final double SHORTEST_SAMPLE = 0.5;

  private final Recorder recorder;
  private final List<ProcessMeter> meters;
  private final PrintWriter out;
  private final QueueProbe queue;
  private final List<Sample> samples = new ArrayList<>();
  private final Map<RequestKind, Long> kindsBefore = new EnumMap<>(RequestKind.class);
  private final Map<ExpectedOutcome, Long> outcomesBefore = new EnumMap<>(ExpectedOutcome.class);
  private final Map<ProcessRole, Double> cpuBefore = new EnumMap<>(ProcessRole.class);
  private long startedAt;
  private long sampledAt;
  private long requestsBefore;
  private long failuresBefore;
  private Histogram latencies;

  /**
   * For one run.
   *
   * @param queue what is asked for the queue each second
   */
  public Monitor(Recorder recorder, List<ProcessMeter> meters, QueueProbe queue, PrintWriter out) {
    this.recorder = recorder;
    this.meters = meters;
    this.queue = queue;
    this.out = out;
  }

  /**
   * Watches until the latch is open, the time is over, or something was wrong that ends a run.
   *
   * @return seconds that it took; a later call goes on with the samples
   */
  public double watch(CountDownLatch ended, double seconds) throws InterruptedException {
    long begun = System.nanoTime();
    if (startedAt == 0) {
      startedAt = begun;
      latencies = recorder.latestLatencies(null);
      rates(RequestKind.class, recorder::requests, kindsBefore, 1);
      rates(ExpectedOutcome.class, recorder::outcomes, outcomesBefore, 1);
    }
    sampledAt = begun;
    long end = begun + (long) (seconds * 1e9);
    for (long next = begun + 1_000_000_000L; ; next += 1_000_000_000L) {
      boolean over = ended.await(Math.min(next, end) - System.nanoTime(), TimeUnit.NANOSECONDS);
      sample();
      if (over || recorder.hasCritical() || System.nanoTime() - end >= 0) {
        return (sampledAt - begun) / 1e9;
      }
    }
  }

  public List<Sample> samples() {
    return List.copyOf(samples);
  }

  private void sample() {
    long now = System.nanoTime();
    double seconds = (now - sampledAt) / 1e9;
    long requests = recorder.requests();
    long failures = recorder.failures();
    Map<ProcessRole, Double> cpu = new EnumMap<>(ProcessRole.class);
    for (ProcessMeter meter : meters) {
      meter.sample();
      ProcessMeter.Usage usage = meter.usage();
      if (usage.known()) {
        cpu.put(
            meter.role(),
            (usage.cpuSeconds() - cpuBefore.getOrDefault(meter.role(), 0.0)) / seconds);
        cpuBefore.put(meter.role(), usage.cpuSeconds());
      }
    }
    sampledAt = now;
    double rate = (requests - requestsBefore) / seconds;
    latencies = recorder.latestLatencies(latencies);
    Map<RequestKind, Double> routes =
        rates(RequestKind.class, recorder::requests, kindsBefore, seconds);
    Map<ExpectedOutcome, Double> outcomes =
        rates(ExpectedOutcome.class, recorder::outcomes, outcomesBefore, seconds);
    if (seconds >= SHORTEST_SAMPLE || samples.isEmpty()) {
      samples.add(
          new Sample(
              elapsed(),
              rate,
              failures - failuresBefore,
              latencies.getValueAtPercentile(50),
              latencies.getValueAtPercentile(99),
              routes,
              outcomes,
              cpu,
              queue.read()));
    }
    requestsBefore = requests;
    failuresBefore = failures;
    out.printf(
        Locale.ROOT, "%6.0f s %,10.0f requests/s %,6d failures%n", elapsed(), rate, failures);
    out.flush();
  }

  private static <E extends Enum<E>> Map<E, Double> rates(
      Class<E> type, ToLongFunction<E> counter, Map<E, Long> before, double seconds) {
    Map<E, Double> rates = new EnumMap<>(type);
    for (E each : type.getEnumConstants()) {
      long count = counter.applyAsLong(each);
      rates.put(each, (count - before.getOrDefault(each, 0L)) / seconds);
      before.put(each, count);
    }
    return rates;
  }

  private double elapsed() {
    return (sampledAt - startedAt) / 1e9;
  }

  /**
   * One second of a run.
   *
   * @param second when it ended, in seconds since the start
   * @param requestsPerSecond answers in it, per second
   * @param failures problems in it
   * @param p50 median latency in it, in microseconds; 0 without an answer
   * @param p99 99th percentile of the latencies in it, in microseconds; 0 without an answer
   * @param routes answers in it per second, of each kind
   * @param outcomes attempts in it per second, by outcome
   * @param cpu share of one CPU that each known role used in it, 1 is one whole CPU
   * @param queue the queue at its end; empty for a service that does not tell
   */
  public record Sample(
      double second,
      double requestsPerSecond,
      long failures,
      long p50,
      long p99,
      Map<RequestKind, Double> routes,
      Map<ExpectedOutcome, Double> outcomes,
      Map<ProcessRole, Double> cpu,
      Optional<QueueProbe.Queue> queue) {}
}
