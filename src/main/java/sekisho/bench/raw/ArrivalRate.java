package sekisho.bench.raw;

import java.util.List;
import sekisho.bench.load.Recorder;

/** When the requests of raw load are due. Used on the event loop alone. */
public interface ArrivalRate {

  /**
   * Begins.
   *
   * @param due to be called whenever a request has become due
   */
  void start(Runnable due);

  /** Forgets what was due up to now, and goes on from here. */
  void restart();

  /** Whether a request is to be sent now. */
  boolean isDue();

  /** Takes one that is due, and gives the moment at which it fell due, in {@code nanoTime}. */
  long take();

  /** Whether all requests of the run have been taken. */
  boolean isOver();

  /** Ends, and records the wait of requests that were due and never sent. */
  void stop(Recorder recorder);

  /** Things a reader of the results should know. */
  List<String> remarks();
}
