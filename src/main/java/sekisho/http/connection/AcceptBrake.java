package sekisho.http.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Stands before a listener and bounds what turning connections away costs: while there is no room, it accepts some, and then
 * leaves the others to the system for a moment. Clients that come again at once would otherwise take all the time of those
 * who are served.
 */
final class AcceptBrake extends ChannelInboundHandlerAdapter {

  /** With the pause, some 2,000 a second, and about two seconds for whom the system keeps waiting. */
  private static final int ACCEPTED_BEFORE_A_PAUSE = 40;
  private static final long PAUSE_MILLIS = 20;

  private final BooleanSupplier full;
  /** Belongs to the listener's thread. */
  private int accepted;

  private AcceptBrake(BooleanSupplier full) {
    this.full = full;
  }

  /** Puts a brake before the listener that accepted a connection, unless it has one. */
  static void before(Channel listener, BooleanSupplier full) {
    listener.eventLoop().execute(() -> {
      if (listener.pipeline().get(AcceptBrake.class) == null) {
        listener.pipeline().addFirst(new AcceptBrake(full));
      }
    });
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object connection) {
    context.fireChannelRead(connection);
    if (full.getAsBoolean() && ++accepted == ACCEPTED_BEFORE_A_PAUSE) {
      context.channel().config().setAutoRead(false);
      context.executor().schedule(() -> {
        accepted = 0;
        context.channel().config().setAutoRead(true);
      }, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }
  }
}
