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

  @Override
  public Future<Void> start() {
    return Future.all(
            walks.stream()
                .map(
                    walk -> {
                      Promise<Void> ended = Promise.promise();
                      next(walk, ended);
                      return ended.future();
                    })
                .toList())
        .mapEmpty();
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

  private void next(VirtualUser walk, Promise<Void> ended) {
    if (stopping || walk.requests() >= requestsEach) {
      ended.complete();
      return;
    }
    walk.visit()
        .onSuccess(
            answered -> {
              if (answered) {
                next(walk, ended);
              } else {
                vertx.setTimer(PAUSE_MILLIS, timer -> next(walk, ended));
              }
            })
        .onFailure(ended::fail);
  }
}
