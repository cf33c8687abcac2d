package sekisho.testing.gate;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Understands enough of a store's protocol to tell which commands pass. One for each connection.
 */
public interface CommandReader {

  /**
   * Looks at bytes from the service.
   *
   * @return the commands that these bytes complete, in their order
   */
  List<Command> sent(ByteBuffer bytes);

  /**
   * Looks at bytes from the store. Called by another thread than {@link #sent}.
   *
   * @return whether they begin the answer to a command; false when the store asks for more of it
   */
  boolean answered(ByteBuffer bytes);
}
