package sekisho.bench.contest;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import sekisho.bench.load.Load;

/** Contest load: each worker visits again and again, in a closed loop. */
public final class ContestLoad implements Load {

  private static final long PAUSE_MILLIS = 100;

  private final Vertx vertx;
  private final List<VirtualUser> walks;
  private final long requestsEach;
  private final Promise<Void> ended = Promise.promise();
  private int begun;
  private int running;
  private boolean stopping;

  /**
   * Contest load by these workers.
   *
   * @param requestsEach after how many requests a worker ends by itself, at the end of its visit
   */
  public ContestLoad(Vertx vertx, List<VirtualUser> walks, long requestsEach) {
    this.vertx = vertx;
    this.walks = walks;
    this.requestsEach = requestsEach;
  }

  /** All workers at once. */
  @Override
  public Future<Void> start() {
    return start(walks.size());
  }

  /**
   * Some of the workers; {@link #raise} adds others.
   *
   * @param workers how many, at least 1
   */
  public Future<Void> start(int workers) {
    raise(workers);
    return ended.future();
  }

  /**
   * Adds workers until there are so many. To be called on the event loop.
   *
   * @param workers at most as many as were given
   */
  public void raise(int workers) {
    while (begun < workers && !stopping) {
      running++;
      next(walks.get(begun++));
    }
  }

  @Override
  public void stop() {
    stopping = true;
  }

  @Override
  public List<String> remarks() {
    return walks.stream().anyMatch(VirtualUser::outOfUsers)
        ? List.of(
            "The users of the data set were used up; unknown names took their place. Make the run shorter.")
        : List.of();
  }

  private void next(VirtualUser walk) {
    if (stopping || walk.requests() >= requestsEach) {
      if (--running == 0) {
        ended.tryComplete();
      }
      return;
    }
    walk.visit()
        .onSuccess(
            answered -> {
              if (answered) {
                next(walk);
              } else {
                vertx.setTimer(PAUSE_MILLIS, timer -> next(walk));
              }
            })
        .onFailure(ended::tryFail);
  }
}
