package sekisho.bench.raw;

import java.util.List;
import sekisho.bench.load.Recorder;

/** A request is due as soon as a connection is idle. */
public final class ClosedLoop implements ArrivalRate {

  private long left;

  /**
   * A closed loop.
   *
   * @param requests after how many requests it is over
   */
  public ClosedLoop(long requests) {
    this.left = requests;
  }

  @Override
  public void start(Runnable due) {
    due.run();
  }

  @Override
  public void restart() {
    // Nothing is ever behind.
  }

  @Override
  public boolean isDue() {
    return left > 0;
  }

  @Override
  public long take() {
    left--;
    return System.nanoTime();
  }

  @Override
  public boolean isOver() {
    return left <= 0;
  }

  @Override
  public void stop(Recorder recorder) {
    left = 0;
  }

  @Override
  public List<String> remarks() {
    return List.of(
        "Closed loop: a slow answer delays the requests behind it, and their wait is not in the latencies.");
  }
}
