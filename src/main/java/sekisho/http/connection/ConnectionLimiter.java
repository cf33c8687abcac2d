package sekisho.http.connection;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import sekisho.http.request.HttpDate;
import sekisho.metrics.Refusal;

/**
 * Bounds how many clients the service talks to at once, and with them how long each of them waits.
 * When there are too many, the connection that has been idle for longest gives way to a new one; if
 * all are busy, the new one gets a 503 and an end at once, before it has cost more than that.
 * Shared by all listeners and event loops.
 */
public final class ConnectionLimiter {

  /**
   * A connection that is closed with something unread in it loses the answer too; so the client is
   * given time to end it.
   */
  private static final long LEAVE_MILLIS = 200;

  private static final String BUSY =
      """
      HTTP/1.1 503 Service Unavailable\r
      Date: %s\r
      Retry-After: 1\r
      Content-Type: text/plain; charset=utf-8\r
      Content-Length: 29\r
      Cache-Control: no-store\r
      Connection: close\r
      \r
      Too busy. Please try again.\r
      """;

  /** The slot of a connection that has one. */
  private static final AttributeKey<OpenConnection> SLOT =
      AttributeKey.valueOf(ConnectionLimiter.class, "slot");

  private final int max;
  private final int maxWaiting;
  private final int maxLeaving;
  private final Consumer<Refusal> refusals;
  private final Set<OpenConnection> connections = ConcurrentHashMap.newKeySet();
  private final Eviction eviction = new Eviction(connections, this::evict);
  private final List<OverloadRejector> rejectors = new CopyOnWriteArrayList<>();
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicLong accepted = new AtomicLong();
  private final AtomicInteger leaving = new AtomicInteger();
  private final LongAdder refused = new LongAdder();

  /**
   * @param max how many connections may be open, at least 1
   * @param rejected how many more may be open of clients that are being rejected, at least 8
   * @param refusals told of each connection that is rejected or gives way; thread-safe
   */
  public ConnectionLimiter(int max, int rejected, Consumer<Refusal> refusals) {
    this.max = max;
    this.refusals = refusals;
    // Some leave by way of the rejector, some by way of their event loop.
    this.maxLeaving = rejected / 8;
    this.maxWaiting = rejected - 2 * maxLeaving;
  }

  /** The answer to whom there is no room for, in the present second; always as many bytes. */
  static byte[] busy() {
    return BUSY.formatted(HttpDate.now()).getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Connections rejected so far.
   *
   * @return how many
   */
  public long refused() {
    return refused.sum();
  }

  /**
   * Connections that are served now.
   *
   * @return how many
   */
  public int open() {
    return open.get();
  }

  /** A rejector for one more listener. */
  OverloadRejector rejector() {
    OverloadRejector rejector = new OverloadRejector(this, maxWaiting, maxLeaving);
    rejectors.add(rejector);
    return rejector;
  }

  /**
   * Closes all listeners, after a last look for clients that wait to be accepted.
   *
   * @return completes when no client waits any longer to be let in or rejected
   */
  public CompletableFuture<Void> closeListeners() {
    return CompletableFuture.allOf(
        rejectors.stream().map(OverloadRejector::close).toArray(CompletableFuture[]::new));
  }

  /**
   * Takes a new connection, or turns it away; to be called on its event loop before a request is
   * read from it.
   *
   * @return false if there are too many; the connection is being ended then
   */
  public boolean admit(HttpConnection connection) {
    Channel channel = VertxConnections.channel(connection);
    // Without the native transport there is no rejector, where it would have got its slot.
    if (channel.hasAttr(SLOT) || take(channel)) {
      return true;
    }
    refuse();
    reject(channel);
    return false;
  }

  /**
   * Closes connections whose first request is not read yet, as their PROXY header has not come.
   *
   * @param age how long they are given for it from their acceptance on
   */
  public void closeWithoutHeader(Duration age) {
    for (OpenConnection connection : connections) {
      if (!connection.isGuarded() && connection.age() >= Connections.ticks(age)) {
        refusals.accept(Refusal.PROXY_HEADER);
        connection.channel().close();
      }
    }
  }

  /** Gives a new connection its slot, until it is closed or gives way; false if there is none. */
  boolean take(Channel channel) {
    if (open.incrementAndGet() > max) {
      open.decrementAndGet();
      return false;
    }
    OpenConnection connection = new OpenConnection(channel, accepted.getAndIncrement());
    channel.attr(SLOT).set(connection);
    connections.add(connection);
    channel.closeFuture().addListener(closed -> release(connection));
    return true;
  }

  /** Tells what looks after the requests of a connection. */
  static void guarded(Channel channel, ConnectionGuard guard) {
    channel.attr(SLOT).get().guardedBy(guard);
  }

  /** Asks idle connections to give way, see {@link Eviction#request}. */
  int makeRoom(int wanted) {
    return eviction.request(wanted);
  }

  /** Counts a connection that is rejected. */
  void refuse() {
    refused.increment();
    refusals.accept(Refusal.CONNECTIONS_TOTAL);
  }

  private void evict(OpenConnection connection) {
    OpenConnection.Activity activity = connection.activity();
    if (!connections.contains(connection) || !connection.giveWay()) {
      return;
    }
    if (activity != OpenConnection.Activity.STALLED) {
      refusals.accept(Refusal.EVICTED);
    }
    release(connection);
    if (activity == OpenConnection.Activity.PARTIAL) {
      reject(connection.channel());
    }
  }

  private void release(OpenConnection connection) {
    if (connections.remove(connection)) {
      open.decrementAndGet();
      rejectors.forEach(OverloadRejector::released);
    }
  }

  /** Answers a client whose request is not read any further. */
  private void reject(Channel channel) {
    if (leaving.incrementAndGet() > maxLeaving) {
      leaving.decrementAndGet();
      channel.close();
      return;
    }
    channel.closeFuture().addListener(closed -> leaving.decrementAndGet());
    channel.pipeline().addFirst("deaf", new Deaf());
    // From the first handler outwards: nothing takes these bytes for the body of a response.
    channel
        .pipeline()
        .firstContext()
        .writeAndFlush(Unpooled.wrappedBuffer(busy()))
        .addListener(
            written -> {
              ((DuplexChannel) channel).shutdownOutput();
              channel
                  .eventLoop()
                  .schedule(() -> channel.close(), LEAVE_MILLIS, TimeUnit.MILLISECONDS);
            });
  }

  /** Reads and forgets, so that no request of a client that was rejected is acted upon. */
  private static final class Deaf extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
      ReferenceCountUtil.release(bytes);
    }
  }
}
