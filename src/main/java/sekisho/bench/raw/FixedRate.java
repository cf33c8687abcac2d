package sekisho.bench.raw;

import io.netty.channel.EventLoop;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import sekisho.bench.load.Recorder;
import sekisho.bench.load.RequestKind;

/**
 * Requests are due at fixed moments, however slow the answers are. Latencies count from the moment
 * a request is due, so that a stall of the service shows in every request that it held up (no
 * coordinated omission).
 */
public final class FixedRate implements ArrivalRate {

  private static final long RETRY_NANOS = 1_000_000;

  private final EventLoop loop;
  private final double nanosApart;
  private final long requests;
  private final RequestKind kind;
  private final Histogram lateness = new Histogram(3_600_000_000L, 3);
  private Runnable onDue;
  private long startedAt;
  private long takenBefore;
  private long taken;
  private long neverSent;
  private boolean over;

  /**
   * A fixed rate.
   *
   * @param perSecond requests a second, more than 0
   * @param requests after how many requests it is over
   * @param kind what requests are timed as that are never sent
   */
  public FixedRate(EventLoop loop, double perSecond, long requests, RequestKind kind) {
    this.loop = loop;
    this.nanosApart = 1e9 / perSecond;
    this.requests = requests;
    this.kind = kind;
  }

  @Override
  public void start(Runnable due) {
    onDue = due;
    startedAt = System.nanoTime();
    tick(startedAt);
  }

  @Override
  public void restart() {
    startedAt = System.nanoTime();
    takenBefore += taken;
    taken = 0;
    lateness.reset();
  }

  @Override
  public boolean isDue() {
    return !over && !isOver() && dueAt(taken) - System.nanoTime() <= 0;
  }

  @Override
  public long take() {
    return dueAt(taken++);
  }

  @Override
  public boolean isOver() {
    return takenBefore + taken >= requests;
  }

  @Override
  public void stop(Recorder recorder) {
    long now = System.nanoTime();
    while (isDue()) {
      long wait = now - take();
      if (wait >= RETRY_NANOS) {
        recorder.timed(kind, wait);
        neverSent++;
      }
    }
    over = true;
  }

  @Override
  public List<String> remarks() {
    String woke =
        "Fixed rate: latencies count from the moment a request was due. The generator's own timer was"
            + " late by "
            + lateness.getValueAtPercentile(50)
            + " us (median), "
            + lateness.getValueAtPercentile(99)
            + " us (99%).";
    return neverSent == 0
        ? List.of(woke)
        : List.of(
            woke, neverSent + " requests were due and never sent, because no connection was idle.");
  }

  private void tick(long wakeAt) {
    lateness.recordValue(Math.max(0, System.nanoTime() - wakeAt) / 1_000);
    onDue.run();
    if (over || isOver()) {
      return;
    }
    // Behind schedule every connection is busy, and whichever becomes idle takes the next request
    // by itself.
    long now = System.nanoTime();
    long next = Math.max(dueAt(taken), isDue() ? now + RETRY_NANOS : now);
    loop.schedule(() -> tick(next), next - now, TimeUnit.NANOSECONDS);
  }

  private long dueAt(long number) {
    return startedAt + (long) (number * nanosApart);
  }
}
