package sekisho.http.session;

import java.io.IOException;
import java.nio.file.Path;
import sekisho.file.SecretFile;

/**
 * Keeps a generated session key in a file, so that sessions outlive a restart when no key is
 * configured. The file holds the key as hexadecimal digits on one line.
 */
public final class SessionKeyFile {

  private SessionKeyFile() {}

  /**
   * Reads the key in a file; makes the file with a new random key if there is none. Several
   * processes may do this at once: all get the same key.
   *
   * @param file the file, whose directory exists; not null
   * @throws IOException if the file cannot be read or made, holds no valid key, or is open to
   *     others than its owner; the message is one line that names the file and says what to do
   */
  public static SessionKey loadOrCreate(Path file) throws IOException {
    SecretFile secret = new SecretFile(file, "session key", "key");
    String text = secret.loadOrCreate(() -> SessionKey.random().toHex());
    try {
      return SessionKey.parse(text);
    } catch (IllegalArgumentException e) {
      throw secret.malformed("(everyone is logged out then) " + e.getMessage());
    }
  }
}
