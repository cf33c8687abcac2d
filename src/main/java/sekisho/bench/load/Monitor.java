package sekisho.bench.load;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Watches a run from the calling thread: a sample and a line of progress each second. */
public final class Monitor {

  /** A shorter rest at the end would make a sample of a few ticks of CPU time: all noise. */
  private static final double SHORTEST_SAMPLE = 0.5;

  private final Recorder recorder;
  private final List<ProcessMeter> meters;
  private final PrintWriter out;
  private final List<Sample> samples = new ArrayList<>();
  private final Map<ProcessRole, Double> cpuBefore = new EnumMap<>(ProcessRole.class);
  private long startedAt;
  private long sampledAt;
  private long requestsBefore;
  private long failuresBefore;

  public Monitor(Recorder recorder, List<ProcessMeter> meters, PrintWriter out) {
    this.recorder = recorder;
    this.meters = meters;
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
    if (seconds >= SHORTEST_SAMPLE || samples.isEmpty()) {
      samples.add(new Sample(elapsed(), rate, failures - failuresBefore, cpu));
    }
    requestsBefore = requests;
    failuresBefore = failures;
    out.printf(
        Locale.ROOT, "%6.0f s %,10.0f requests/s %,6d failures%n", elapsed(), rate, failures);
    out.flush();
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
   * @param cpu share of one CPU that each known role used in it, 1 is one whole CPU
   */
  public record Sample(
      double second, double requestsPerSecond, long failures, Map<ProcessRole, Double> cpu) {}
}
