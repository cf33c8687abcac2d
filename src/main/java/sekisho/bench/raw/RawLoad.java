package sekisho.bench.raw;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import sekisho.bench.client.RawConnection;
import sekisho.bench.client.RawRequest;
import sekisho.bench.load.Load;
import sekisho.bench.load.Problem;
import sekisho.bench.load.Recorder;

/**
 * Raw load without pauses: each connection sends its next request as soon as the last one is
 * answered, until {@code requests} were sent in all.
 *
 * <p>Connections that lost their server try again after a short pause, so that a dead server
 * doesn't make a busy loop.
 */
public final class RawLoad implements Load {

  private static final long PAUSE_MILLIS = 100;

  /**
   * A connection with its requests.
   *
   * @param session what to ask on it
   */
  public record Lane(RawConnection connection, RawSession session) {}

  private final Vertx vertx;
  private final Deque<Lane> idle;
  private final Recorder recorder;
  private final ArrivalRate pace;
  private final Promise<Void> ended = Promise.promise();
  private int busy;
  private boolean stopping;
  private boolean dispatching;

  /**
   * Raw load on these connections.
   *
   * @param pace when requests are due
   */
  public RawLoad(Vertx vertx, List<Lane> lanes, ArrivalRate pace, Recorder recorder) {
    this.vertx = vertx;
    this.idle = new ArrayDeque<>(lanes);
    this.pace = pace;
    this.recorder = recorder;
  }

  @Override
  public Future<Void> start() {
    pace.start(this::dispatch);
    return ended.future();
  }

  @Override
  public void restart() {
    pace.restart();
  }

  @Override
  public void stop() {
    if (!stopping) {
      stopping = true;
      pace.stop(recorder);
      endWhenIdle();
    }
  }

  @Override
  public List<String> remarks() {
    return pace.remarks();
  }

  /** Sends what is due on the connections that are idle. */
  private void dispatch() {
    if (dispatching) {
      return;
    }
    dispatching = true;
    while (!stopping && !idle.isEmpty() && pace.isDue()) {
      send(idle.poll(), pace.take());
    }
    dispatching = false;
    if (!stopping && pace.isOver()) {
      stop();
    }
  }

  private void send(Lane lane, long due) {
    busy++;
    RawRequest request = lane.session.next();
    lane.connection.send(
        request,
        due,
        (answer, lost) -> {
          Problem problem = lost == null ? lane.session.answered(request, answer) : lost;
          if (problem == null) {
            recorder.pageRight();
          } else {
            recorder.problem(problem);
          }
          if (lost == null) {
            release(lane);
          } else {
            vertx.setTimer(PAUSE_MILLIS, timer -> release(lane));
          }
        });
  }

  private void release(Lane lane) {
    busy--;
    idle.add(lane);
    if (stopping) {
      endWhenIdle();
    } else {
      dispatch();
    }
  }

  private void endWhenIdle() {
    if (busy == 0) {
      ended.tryComplete();
    }
  }
}
