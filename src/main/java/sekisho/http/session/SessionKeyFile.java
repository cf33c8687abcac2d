package sekisho.http.session;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;
import sekisho.file.FileProblem;

/**
 * Keeps a generated session key in a file, so that sessions outlive a restart when no key is
 * configured. The file holds the key as hexadecimal digits on one line and is for its owner alone
 * (mode 600). Needs a POSIX file system.
 */
public final class SessionKeyFile {

  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  /**
   * More than any key that {@link #create} writes; a bigger file is not one of ours and is not
   * read.
   */
  private static final long MAX_FILE_BYTES = 1024;

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
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      create(file);
    }
    return load(file);
  }

  private static SessionKey load(Path file) throws IOException {
    String text = read(file);
    try {
      return SessionKey.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "session key file "
              + file
              + " is malformed; remove it to have a new key made"
              + " (everyone is logged out then): "
              + e.getMessage());
    }
  }

  private static String read(Path file) throws IOException {
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
      if (!OWNER_ONLY.value().containsAll(permissions)) {
        throw new IOException(
            "session key file "
                + file
                + " is open to others than its owner ("
                + PosixFilePermissions.toString(permissions)
                + "); remove it to have a new key made, or: chmod 600 "
                + file);
      }
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new IOException(
            "session key file " + file + " is too big; remove it to have a new key made");
      }
      // Any bytes are characters here, so that it is the key's parser that refuses the wrong ones.
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (FileSystemException e) {
      throw new IOException(
          "cannot read session key file " + file + ": " + FileProblem.reason(file, e), e);
    }
  }

  /**
   * Writes a whole file aside and links it into place: nobody can ever see it half written, with
   * wider rights, or replaced, and after a loss of power it is whole or absent.
   */
  private static void create(Path file) throws IOException {
    Path draft = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID());
    try {
      write(draft, SessionKey.random().toHex() + "\n");
      Files.createLink(file, draft);
    } catch (FileAlreadyExistsException e) {
      // Another process was faster; its key is the one.
    } catch (IOException e) {
      throw new IOException(
          "cannot make session key file " + file + ": " + FileProblem.reason(file, e), e);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  private static void write(Path file, String text) throws IOException {
    Set<StandardOpenOption> options =
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (FileChannel channel = FileChannel.open(file, options, OWNER_ONLY)) {
      ByteBuffer bytes = StandardCharsets.US_ASCII.encode(text);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }
}
