package sekisho.bench.client;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import sekisho.bench.load.EnvironmentException;
import sekisho.bench.load.Problem;
import sekisho.bench.load.Recorder;
import sekisho.bench.load.Target;
import sekisho.net.HostPort;

/** The event loop of the generator and the connections on it. */
public final class Engine implements AutoCloseable {

  private static final long SWEEP_MILLIS = 100;
  private static final int CONNECT_MILLIS = 5_000;

  /** More than an answer has, so that each takes one read. */
  private static final int READ_BYTES = 16 * 1024;

  private final Vertx vertx;
  private final Context context;
  private final List<Target> services;
  private final List<Bootstrap> bootstraps;
  private final List<ServerConnection> connections = new ArrayList<>();

  /**
   * @param services where connections go, one after the other in turn
   */
  public Engine(List<Target> services) {
    this.vertx =
        Vertx.vertx(
            new VertxOptions()
                .setPreferNativeTransport(true)
                .setEventLoopPoolSize(1)
                // Else a folder is made in the temporary directory, and left there by a process
                // that is killed.
                .setFileSystemOptions(
                    new FileSystemOptions()
                        .setFileCachingEnabled(false)
                        .setClassPathResolvingEnabled(false)));
    this.context = vertx.getOrCreateContext();
    this.services = services;
    this.bootstraps = services.stream().map(this::bootstrap).toList();
    vertx.setPeriodic(SWEEP_MILLIS, timer -> connections.forEach(ServerConnection::checkTimeout));
  }

  public Vertx vertx() {
    return vertx;
  }

  /** A new connection, which opens when it is first used. To be called on the event loop. */
  public ClientConnection connection(Duration timeout, Recorder recorder) {
    int service = connections.size() % services.size();
    ClientConnection connection =
        new ClientConnection(
            bootstraps.get(service),
            HostPort.text(services.get(service).host(), services.get(service).port()),
            timeout,
            recorder);
    connections.add(connection);
    return connection;
  }

  /**
   * A new connection of raw mode, which opens when it is first used. To be called on the event
   * loop.
   */
  public RawConnection rawConnection(Duration timeout, Recorder recorder) {
    RawConnection connection =
        new RawConnection(
            bootstraps.get(connections.size() % bootstraps.size()), timeout, recorder);
    connections.add(connection);
    return connection;
  }

  /**
   * Closes what is open; requests without an answer are cut off. To be called on the event loop.
   */
  public void closeConnections() {
    connections.forEach(ServerConnection::close);
  }

  /** Starts something on the event loop, without waiting for it. */
  public <T> Future<T> start(Supplier<Future<T>> work) {
    Promise<T> promise = Promise.promise();
    context.runOnContext(
        now -> {
          try {
            work.get().onComplete(promise);
          } catch (RuntimeException e) {
            promise.fail(e);
          }
        });
    return promise.future();
  }

  /**
   * Runs something on the event loop and waits for it.
   *
   * @throws Problem when it failed with one
   * @throws EnvironmentException when it did not end in time
   */
  public <T> T call(Supplier<Future<T>> work, Duration atMost) throws InterruptedException {
    try {
      return start(work)
          .toCompletionStage()
          .toCompletableFuture()
          .get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      throw new EnvironmentException(
          "the generator did not end within " + atMost.toSeconds() + " s");
    }
  }

  /** The thread of all connections. */
  public EventLoop eventLoop() {
    return ((ContextInternal) context).nettyEventLoop();
  }

  /** Opens channels on the event loop, with the transport that Vert.x uses. */
  private Bootstrap bootstrap(Target target) {
    return new Bootstrap()
        .group(eventLoop())
        .channelFactory(((VertxInternal) vertx).transport().channelFactory(false))
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
        .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
        .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ_BYTES))
        .remoteAddress(new InetSocketAddress(target.host(), target.port()));
  }

  @Override
  public void close() {
    vertx
        .close()
        .toCompletionStage()
        .toCompletableFuture()
        .completeOnTimeout(null, 10, TimeUnit.SECONDS)
        .exceptionally(failure -> null)
        .join();
  }
}
