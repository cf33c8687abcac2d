package sekisho.service;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;

/** Makes Vert.x instances that have only the threads that this service uses. */
public final class EventLoops {

  /** Read-only headers of a response are written down once. Each of ours belongs to one event loop, as that needs. */
  private static final String WRITE_FIXED_HEADERS_ONCE = "vertx.cacheImmutableHttpResponseHeaders";

  private EventLoops() {
  }

  /**
   * Makes an instance on the native transport, which Unix sockets need.
   *
   * @param count how many event loops, at least 1
   * @return the instance, to be closed by the caller
   */
  public static Vertx vertx(int count) {
    System.setProperty(WRITE_FIXED_HEADERS_ONCE, "true");
    Vertx vertx = Vertx.vertx(new VertxOptions()
        .setPreferNativeTransport(true)
        // No file is ever served: else a folder is made in the temporary directory, and left there by a process that is killed.
        .setFileSystemOptions(new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false))
        .setEventLoopPoolSize(count)
        .setWorkerPoolSize(2)
        .setInternalBlockingPoolSize(2));
    vertx.exceptionHandler(UncaughtErrors::handle);
    return vertx;
  }
}
