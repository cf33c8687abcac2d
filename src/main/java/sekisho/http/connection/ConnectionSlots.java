package sekisho.http.connection;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import sekisho.http.HttpDate;

/**
 * Bounds how many clients the service talks to at once, and with them how long each of them waits. One that comes when
 * there are too many gets a 503 and an end at once, before it has cost more than that. Shared by all event loops.
 */
public final class ConnectionSlots {

  /** A connection that is closed with something unread in it loses the answer too; so the client is given time to end it. */
  private static final long LEAVE_MILLIS = 200;
  private static final String BUSY = """
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

  /** Marks a connection that has a slot already. */
  private static final AttributeKey<Boolean> ADMITTED = AttributeKey.valueOf(ConnectionSlots.class, "admitted");

  private final int max;
  private final int maxWaiting;
  private final int maxLeaving;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger leaving = new AtomicInteger();
  private final LongAdder refused = new LongAdder();
  /** Whether the listener was given its turnstile; it may be told so more than once. */
  private volatile boolean guarded;

  /**
   * Makes the limit.
   *
   * @param max how many connections may be open, at least 1
   * @param turnedAway how many more may be open of clients that are being turned away, at least 8
   */
  public ConnectionSlots(int max, int turnedAway) {
    this.max = max;
    // Some leave by way of the turnstile, some by way of their event loop.
    this.maxLeaving = turnedAway / 8;
    this.maxWaiting = turnedAway - 2 * maxLeaving;
  }

  /** The answer to whom there is no room for, in the present second; always as many bytes. */
  static byte[] busy() {
    return BUSY.formatted(HttpDate.now()).getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Connections turned away so far.
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

  /**
   * Takes a new connection, or turns it away; to be called on its event loop before anything is read from it.
   *
   * @param connection the connection, not null
   * @return false if there are too many; the connection is being ended then
   */
  public boolean admit(HttpConnection connection) {
    Channel channel = ((ConnectionBase) connection).channel();
    if (!guarded) {
      guarded = true;
      Turnstile.before(channel.parent(), this, maxWaiting, maxLeaving);
    }
    if (channel.hasAttr(ADMITTED) || take(channel)) {
      return true;
    }
    turnAway(channel);
    return false;
  }

  /** Gives a new connection its slot, until it is closed; false if there is none, which counts as a refusal. */
  boolean take(Channel channel) {
    if (open.incrementAndGet() > max) {
      open.decrementAndGet();
      refused.increment();
      return false;
    }
    channel.attr(ADMITTED).set(true);
    channel.closeFuture().addListener(closed -> open.decrementAndGet());
    return true;
  }

  /** What came before there was a turnstile, or came without the native transport. */
  private void turnAway(Channel channel) {
    if (leaving.incrementAndGet() > maxLeaving) {
      leaving.decrementAndGet();
      channel.close();
      return;
    }
    channel.closeFuture().addListener(closed -> leaving.decrementAndGet());
    channel.pipeline().addFirst("deaf", new Deaf());
    // From the first handler outwards: nothing takes these bytes for the body of a response.
    channel.pipeline().firstContext().writeAndFlush(Unpooled.wrappedBuffer(busy())).addListener(written -> {
      ((DuplexChannel) channel).shutdownOutput();
      channel.eventLoop().schedule(() -> channel.close(), LEAVE_MILLIS, TimeUnit.MILLISECONDS);
    });
  }

  /** Reads and forgets, so that no request of a client that was turned away is acted upon. */
  private static final class Deaf extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
      ReferenceCountUtil.release(bytes);
    }
  }
}
