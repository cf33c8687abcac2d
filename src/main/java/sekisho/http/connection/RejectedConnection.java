package sekisho.http.connection;

import io.netty.channel.Channel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NotYetConnectedException;

/**
 * A client that was accepted and not let in yet. No event loop knows its connection, which so costs
 * a few system calls and nothing else.
 */
final class RejectedConnection {

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
   * Closes the connection; what came in the meantime is taken first, since unread bytes would make
   * a reset of the end.
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
