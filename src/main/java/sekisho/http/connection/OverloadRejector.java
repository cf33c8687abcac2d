package sekisho.http.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NotYetConnectedException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Rejects connections over the limit in the accept handler, before an event loop gets the
 * connection. It does so in rounds and for a share of the time only: clients that reconnect at once
 * would otherwise take all the time of those that are served. A client that has to wait for that,
 * or for another connection to give way, waits here, in the order of coming; when too many do, the
 * others wait with the system. Lives on the listener's thread.
 */
final class OverloadRejector extends ChannelInboundHandlerAdapter {

  private static final long ROUND_MILLIS = 5;

  /**
   * A tenth of the time of this thread. A sixth costs a third of the logins on two cores, with what
   * the clients do meanwhile.
   */
  private static final int SHARE = 10;

  /** However long the thread was held up, one round takes no longer. */
  private static final long MAX_ROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private static final int ACCEPTED_IN_A_ROUND = 128;

  /**
   * How long a client may take to end its connection itself: one that is closed before may lose the
   * answer.
   */
  private static final long LEAVE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** As long as a client waits for a connection to be idle for long enough to give way to it. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Bytes that are read of the request of a rejected client. */
  private static final int SCRATCH = 16 * 1024;

  private final ConnectionLimiter slots;
  private final int maxWaiting;
  private final int maxLeaving;
  private final Deque<RejectedConnection> waiting = new ArrayDeque<>();
  private final Queue<RejectedConnection> leaving = new ArrayDeque<>();
  private final ByteBuffer scratch = ByteBuffer.allocateDirect(SCRATCH);
  private final ByteBuffer answer = ByteBuffer.allocateDirect(ConnectionLimiter.busy().length);

  /** The second that the answer has as its date. */
  private long answered;

  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  @SuppressWarnings("NullAway.Init") // there once it is in a pipeline
  private volatile ChannelHandlerContext listener;

  /** Whether somebody waits; read by the threads that free a slot. */
  private volatile boolean crowded;

  private int accepted;
  private boolean roundIsDue;
  private boolean closing;
  private long lastRound = System.nanoTime();

  OverloadRejector(ConnectionLimiter slots, int maxWaiting, int maxLeaving) {
    this.slots = slots;
    this.maxWaiting = maxWaiting;
    this.maxLeaving = maxLeaving;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    listener = context;
  }

  /**
   * Takes a connection that was accepted. Without the native transport it is the event loop that
   * turns it away.
   */
  @Override
  public void channelRead(ChannelHandlerContext context, Object connection) {
    if (!(connection instanceof UnixChannel)
        || waiting.isEmpty() && slots.take((Channel) connection)) {
      context.fireChannelRead(connection);
      return;
    }
    waiting.add(new RejectedConnection((Channel) connection));
    crowded = true;
    if (++accepted >= ACCEPTED_IN_A_ROUND || waiting.size() >= maxWaiting) {
      accept(false);
    }
    scheduleRound();
  }

  /** A slot is free; from any thread. */
  void released() {
    if (crowded) {
      listener.executor().execute(this::letIn);
    }
  }

  private void letIn() {
    while (!closing && !waiting.isEmpty() && slots.take(waiting.peek().channel())) {
      listener.fireChannelRead(waiting.remove().channel());
    }
    crowded = !waiting.isEmpty();
  }

  private void accept(boolean more) {
    listener.channel().config().setAutoRead(more);
  }

  private void scheduleRound() {
    if (!roundIsDue) {
      roundIsDue = true;
      listener.executor().schedule(this::round, ROUND_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void round() {
    roundIsDue = false;
    accepted = 0;
    long now = System.nanoTime();
    endOldest(now);
    letIn();
    if (closing) {
      answerOldest(0, now, now + TimeUnit.SECONDS.toNanos(1));
    } else {
      int room = waiting.isEmpty() ? 0 : slots.makeRoom(waiting.size());
      answerOldest(room, now, now + Math.min(MAX_ROUND_NANOS, (now - lastRound) / SHARE));
    }
    lastRound = now;
    if (!waiting.isEmpty() || !leaving.isEmpty()) {
      scheduleRound();
    }
    if (!closing) {
      accept(waiting.size() < maxWaiting);
    } else if (waiting.isEmpty() && leaving.isEmpty()) {
      closed.complete(null);
    }
  }

  private void endOldest(long now) {
    while (!leaving.isEmpty()
        && (leaving.size() > maxLeaving || now - leaving.peek().answered() > LEAVE_NANOS)) {
      leaving.remove().end(scratch);
    }
  }

  /** Rejects waiting connections, except the first ones, for which there will be room. */
  private void answerOldest(int room, long now, long end) {
    dateAnswer();
    Deque<RejectedConnection> first = new ArrayDeque<>();
    while (first.size() < room && !waiting.isEmpty()) {
      RejectedConnection client = waiting.remove();
      if (now - client.arrived() > PATIENCE_NANOS) {
        reject(client);
      } else {
        first.add(client);
      }
    }
    for (RejectedConnection client = waiting.poll();
        client != null;
        client = System.nanoTime() < end ? waiting.poll() : null) {
      reject(client);
    }
    while (!first.isEmpty()) {
      waiting.addFirst(first.removeLast());
    }
  }

  private void reject(RejectedConnection client) {
    slots.refuse();
    if (client.answer(scratch, answer)) {
      leaving.add(client);
    } else {
      client.close();
    }
  }

  /**
   * Closes the listener, after everybody was taken in who waits to be accepted.
   *
   * @return completes when nobody waits any longer to be rejected
   */
  CompletableFuture<Void> close() {
    if (listener == null) {
      closed.complete(null);
    } else {
      listener.executor().execute(this::closeNow);
    }
    return closed;
  }

  private void closeNow() {
    if (closing || !listener.channel().isOpen()) {
      closed.complete(null);
      return;
    }
    try {
      Backlog.take(listener.channel(), connection -> channelRead(listener, connection));
      letIn();
    } finally {
      closing = true;
      listener.channel().close();
      round();
    }
  }

  private void dateAnswer() {
    long second = System.currentTimeMillis() / 1000;
    if (second != answered) {
      answered = second;
      answer.put(0, ConnectionLimiter.busy());
    }
  }

  /** The listener is closed: nobody waits any longer. */
  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    if (!closing) {
      dateAnswer();
      waiting.forEach(client -> client.answer(scratch, answer));
      waiting.forEach(RejectedConnection::close);
      waiting.clear();
      leaving.forEach(RejectedConnection::close);
      leaving.clear();
    }
  }

  /**
   * A client that was accepted and not let in yet. No event loop knows its connection, which so
   * costs a few system calls and nothing else.
   */
  static final class RejectedConnection {

    private final Channel channel;
    private final Socket socket;
    private final long arrived = System.nanoTime();
    private long answered;

    /**
     * @param channel a channel of the native transport that is not registered with an event loop
     */
    RejectedConnection(Channel channel) {
      this.channel = channel;
      this.socket = (Socket) ((UnixChannel) channel).fd();
    }

    /** The connection. */
    Channel channel() {
      return channel;
    }

    /** When it was accepted, by {@link System#nanoTime}. */
    long arrived() {
      return arrived;
    }

    /** When it was answered, by {@link System#nanoTime}. */
    long answered() {
      return answered;
    }

    /**
     * Takes what the client has sent so far, and gives it the answer and an end.
     *
     * @param scratch direct; what it holds is lost
     * @param answer direct; all of it is sent
     * @return false if the client has gone, and nothing is left but to close the connection
     */
    boolean answer(ByteBuffer scratch, ByteBuffer answer) {
      try {
        if (socket.read(scratch, 0, scratch.capacity()) < 0) {
          return false;
        }
        socket.write(answer, 0, answer.capacity());
        socket.shutdown(false, true);
        answered = System.nanoTime();
        return true;
      } catch (IOException | NotYetConnectedException e) {
        // The latter is what Netty makes of the end of a connection that the client has reset.
        return false;
      }
    }

    /**
     * Closes the connection; what came in the meantime is taken first, since unread bytes would
     * make a reset of the end.
     */
    void end(ByteBuffer scratch) {
      try {
        socket.read(scratch, 0, scratch.capacity());
      } catch (IOException | NotYetConnectedException e) {
        // It has ended already.
      }
      close();
    }

    /** Closes the connection. */
    void close() {
      channel.unsafe().closeForcibly();
    }
  }
}
