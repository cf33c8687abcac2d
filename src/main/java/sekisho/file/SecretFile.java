package sekisho.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * A file with one generated secret in a line, for its owner alone (mode 600). Needs a POSIX file
 * system.
 *
 * @param file where it is; its directory exists
 * @param secret what it holds, for messages, such as {@code session key}
 * @param made what to have made when the file is removed, for messages, such as {@code key}
 */
public record SecretFile(Path file, String secret, String made) {

  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  /** More than any secret; a bigger file is not one of ours and is not read. */
  private static final long MAX_FILE_BYTES = 1024;

  /**
   * Reads the secret; makes the file with a new one if there is none. Several processes may do this
   * at once: all get the same.
   *
   * @param generated makes a secret, ASCII
   * @return the text of the file, any bytes as characters
   * @throws IOException if the file cannot be read or made, or is open to others than its owner;
   *     the message is one line that names the file and says what to do
   */
  public String loadOrCreate(Supplier<String> generated) throws IOException {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      create(generated.get() + "\n");
    }
    return read();
  }

  /** What to say of a file that does not hold what it should. */
  public IOException malformed(String reason) {
    return new IOException(
        name() + " is malformed; remove it to have a new " + made + " made: " + reason);
  }

  private String name() {
    return secret + " file " + file;
  }

  private String read() throws IOException {
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
      if (!OWNER_ONLY.value().containsAll(permissions)) {
        throw new IOException(
            name()
                + " is open to others than its owner ("
                + PosixFilePermissions.toString(permissions)
                + "); remove it to have a new "
                + made
                + " made, or: chmod 600 "
                + file);
      }
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new IOException(name() + " is too big; remove it to have a new " + made + " made");
      }
      // Any bytes are characters here, so that it is the secret's parser that refuses the wrong
      // ones.
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (FileSystemException e) {
      throw new IOException("cannot read " + name() + ": " + FileProblem.reason(file, e), e);
    }
  }

  /**
   * Writes a whole file aside and links it into place: nobody can ever see it half written, with
   * wider rights, or replaced, and after a loss of power it is whole or absent.
   */
  private void create(String text) throws IOException {
    Path draft = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID());
    try {
      write(draft, text);
      Files.createLink(file, draft);
    } catch (FileAlreadyExistsException e) {
      // Another process was faster; its secret is the one.
    } catch (IOException e) {
      throw new IOException("cannot make " + name() + ": " + FileProblem.reason(file, e), e);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  private static void write(Path file, String text) throws IOException {
    Set<OpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (FileChannel channel = FileChannel.open(file, options, OWNER_ONLY)) {
      ByteBuffer bytes = StandardCharsets.US_ASCII.encode(text);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }
}
