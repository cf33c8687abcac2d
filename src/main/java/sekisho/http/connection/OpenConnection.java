package sekisho.http.connection;

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * An accepted connection, from its acceptance until it is closed or has given way to another. Any
 * thread may ask what it is doing, and may get an answer that is no longer true; its own event loop
 * decides.
 */
final class OpenConnection {

  /**
   * What a connection is doing. At the limit those named first give way first, and a busy one never
   * does.
   */
  enum Activity {
    /** Everything is answered; what still comes is thrown away. */
    CLOSING,
    /** Nothing has come. */
    UNUSED,
    /** A part of a request has come, and nothing else is to be answered. */
    PARTIAL,
    /** All requests are answered. */
    IDLE,
    /** The client does not read what is waiting for it. */
    STALLED,
    /** A request is being answered. */
    BUSY
  }

  private final Channel channel;
  private final long number;
  private final long acceptedNanos = System.nanoTime();
  private volatile @Nullable ConnectionGuard guard;

  OpenConnection(Channel channel, long number) {
    this.channel = channel;
    this.number = number;
  }

  Channel channel() {
    return channel;
  }

  long number() {
    return number;
  }

  /** Requests are read from now on; before, there may be a PROXY header to wait for. */
  void guardedBy(ConnectionGuard connectionGuard) {
    guard = connectionGuard;
  }

  /** What it is doing. */
  Activity activity() {
    ConnectionGuard current = guard;
    return current == null ? Activity.UNUSED : current.activity();
  }

  /** For how many ticks of {@link Connections} it has been doing that. */
  int age() {
    ConnectionGuard current = guard;
    return current == null
        ? (int) ((System.nanoTime() - acceptedNanos) / 1_000_000 / Connections.TICK_MILLIS)
        : current.age();
  }

  /** Whether requests are read already. */
  boolean isGuarded() {
    return guard != null;
  }

  /**
   * Closes the connection, unless a request has arrived in the meantime; on its event loop.
   *
   * @return false if it goes on
   */
  boolean giveWay() {
    ConnectionGuard current = guard;
    if (current != null) {
      return current.giveWay();
    }
    channel.close();
    return true;
  }
}
