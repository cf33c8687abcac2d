package sekisho.bench.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

/**
 * Counts and times what happens during a run. Written by the event loop alone; the counters may be
 * read by any thread at any time, everything else after the run.
 */
public final class Recorder {

  private static final long HIGHEST_MICROS = 3_600_000_000L;
  private static final int DIGITS = 3;
  private static final int SAMPLES = 10;

  /** Digits of what is read each second: enough for a plot. */
  private static final int PLOT_DIGITS = 2;

  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong pages = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private final AtomicLongArray byKind = new AtomicLongArray(RequestKind.values().length);
  private final AtomicLongArray byOutcome = new AtomicLongArray(ExpectedOutcome.values().length);
  private final SingleWriterRecorder latest = new SingleWriterRecorder(HIGHEST_MICROS, PLOT_DIGITS);
  private final Map<RequestKind, Histogram> latencies = new EnumMap<>(RequestKind.class);
  private final Map<Reason, Failures> failuresByReason = new EnumMap<>(Reason.class);

  private final long slowNanos;
  private volatile boolean critical;
  private long since = System.nanoTime();

  /**
   * For one run.
   *
   * @param slow an answer that takes longer is a problem, that of the report excepted
   */
  public Recorder(Duration slow) {
    this.slowNanos = slow.toNanos();
    for (RequestKind kind : RequestKind.values()) {
      latencies.put(kind, new Histogram(HIGHEST_MICROS, DIGITS));
    }
  }

  /**
   * An answer was read to its end. What fell due before the last {@link #restart} is counted, but
   * not timed.
   *
   * @param due when the request was due, in {@code nanoTime}
   * @param now when the answer was complete
   */
  public void answered(RequestKind kind, long due, long now) {
    requests.lazySet(requests.get() + 1);
    byKind.lazySet(kind.ordinal(), byKind.get(kind.ordinal()) + 1);
    if (due - since >= 0) {
      timed(kind, now - due);
    }
    if (now - due > slowNanos && kind != RequestKind.REPORT) {
      problem(
          new Problem(
              Reason.SLOW,
              String.format(Locale.ROOT, "%s took %.1f s", kind.label(), (now - due) / 1e9)));
    }
  }

  /** Takes a time, with or without an answer, rounded up to a whole microsecond. */
  public void timed(RequestKind kind, long nanos) {
    long micros = Math.min(Math.max((nanos + 999) / 1000, 1), HIGHEST_MICROS);
    latencies.get(kind).recordValue(micros);
    latest.recordValue(micros);
  }

  /** An attempt was answered with an outcome. */
  public void decided(ExpectedOutcome outcome) {
    byOutcome.lazySet(outcome.ordinal(), byOutcome.get(outcome.ordinal()) + 1);
  }

  /** A page of the application was answered as it must be. */
  public void pageRight() {
    pages.lazySet(pages.get() + 1);
  }

  /** Forgets times and counts, but not what was wrong. Returns itself. */
  public Recorder restart() {
    since = System.nanoTime();
    requests.set(0);
    pages.set(0);
    latencies.values().forEach(Histogram::reset);
    return this;
  }

  /** Something was wrong. */
  public void problem(Problem problem) {
    failures.lazySet(failures.get() + 1);
    critical |= problem.reason().isCritical();
    failuresByReason
        .computeIfAbsent(problem.reason(), reason -> new Failures())
        .add(problem.getMessage());
  }

  /** Answers so far. */
  public long requests() {
    return requests.get();
  }

  /** Answers of one kind so far, those before the last {@link #restart} among them. */
  public long requests(RequestKind kind) {
    return byKind.get(kind.ordinal());
  }

  /** Attempts with one outcome so far, those before the last {@link #restart} among them. */
  public long outcomes(ExpectedOutcome outcome) {
    return byOutcome.get(outcome.ordinal());
  }

  /**
   * Latencies in microseconds since the last call of this method.
   *
   * @param recycled what an earlier call returned, to be used again; null for none
   */
  public Histogram latestLatencies(Histogram recycled) {
    return latest.getIntervalHistogram(recycled);
  }

  /** Right pages so far. */
  public long pages() {
    return pages.get();
  }

  /** Whether there was a problem that ends the run. */
  public boolean hasCritical() {
    return critical;
  }

  /** Problems so far. */
  public long failures() {
    return failures.get();
  }

  /** Latencies in microseconds. */
  public Histogram latencies(RequestKind kind) {
    return latencies.get(kind);
  }

  /** Latencies of all kinds but the report together, in microseconds. */
  public Histogram allLatencies() {
    Histogram all = new Histogram(HIGHEST_MICROS, DIGITS);
    latencies.forEach(
        (kind, histogram) -> {
          if (kind != RequestKind.REPORT) {
            all.add(histogram);
          }
        });
    return all;
  }

  /** Problems by reason, in the order of {@link Reason}. */
  public Map<Reason, Failures> failuresByReason() {
    return failuresByReason;
  }

  /** Problems of one reason: how many, and the first few in words. */
  public static final class Failures {
    private final List<String> samples = new ArrayList<>();
    private long count;

    private void add(String sample) {
      count++;
      if (samples.size() < SAMPLES) {
        samples.add(sample);
      }
    }

    public long count() {
      return count;
    }

    public List<String> samples() {
      return List.copyOf(samples);
    }
  }
}
