package sekisho.app;

import io.netty.channel.epoll.Epoll;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import sekisho.http.connection.ListenerTransport;

/** Makes Vert.x instances that have only the threads that this service uses. */
public final class EventLoops {

  /**
   * Read-only headers of a response are written down once. Each of ours belongs to one event loop,
   * as that needs.
   */
  private static final String WRITE_FIXED_HEADERS_ONCE = "vertx.cacheImmutableHttpResponseHeaders";

  private EventLoops() {}

  /**
   * Makes an instance on the native transport, which Unix sockets need.
   *
   * @param count how many event loops, at least 1
   * @return the instance, to be closed by the caller
   */
  public static Vertx vertx(int count) {
    return build(builder(count));
  }

  /**
   * Makes an instance whose listeners are those of a transport, where that is available.
   *
   * @param count how many event loops, at least 1
   * @param transport of the listeners
   * @return the instance, to be closed by the caller
   */
  static Vertx vertx(int count, ListenerTransport transport) {
    VertxBuilder builder = builder(count);
    return build(Epoll.isAvailable() ? builder.withTransport(transport.forVertx()) : builder);
  }

  private static Vertx build(VertxBuilder builder) {
    Vertx vertx = builder.build();
    vertx.exceptionHandler(UncaughtErrors::handle);
    return vertx;
  }

  private static VertxBuilder builder(int count) {
    System.setProperty(WRITE_FIXED_HEADERS_ONCE, "true");
    return Vertx.builder()
        .with(
            new VertxOptions()
                .setPreferNativeTransport(true)
                // No file is ever served: else a folder is made in the temporary directory, and
                // left there by a process that is killed.
                .setFileSystemOptions(
                    new FileSystemOptions()
                        .setFileCachingEnabled(false)
                        .setClassPathResolvingEnabled(false))
                .setEventLoopPoolSize(count)
                .setWorkerPoolSize(2)
                .setInternalBlockingPoolSize(2));
  }
}
