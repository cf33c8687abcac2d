package sekisho.service;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;

/** Makes Vert.x instances that have only the threads that this service uses. */
public final class EventLoops {

  private EventLoops() {
  }

  /**
   * Makes an instance on the native transport, which Unix sockets need.
   *
   * @param count how many event loops, at least 1
   * @return the instance, to be closed by the caller
   */
  public static Vertx vertx(int count) {
    return Vertx.vertx(new VertxOptions()
        .setPreferNativeTransport(true)
        .setEventLoopPoolSize(count)
        .setWorkerPoolSize(2)
        .setInternalBlockingPoolSize(2));
  }
}
