package sekisho.dev.server;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.Stream;

/** Files and directories that nobody but their owner may read. */
public final class OwnerOnly {

  private static final FileAttribute<Set<PosixFilePermission>> DIRECTORY = attribute("rwx------");
  private static final FileAttribute<Set<PosixFilePermission>> FILE = attribute("rw-------");

  private OwnerOnly() {}

  /**
   * Makes a directory and those above it, as far as they are missing. One that is there stays as it
   * is: it may be somebody's home.
   *
   * @throws IOException if that fails
   */
  public static void newDirectory(Path directory) throws IOException {
    Files.createDirectories(directory, DIRECTORY);
  }

  /**
   * Opens a new file for writing, in place of one that is there; at no moment can another user read
   * it.
   *
   * @throws IOException if that fails
   */
  public static OutputStream newFile(Path file) throws IOException {
    Files.deleteIfExists(file);
    Files.createFile(file, FILE);
    return Files.newOutputStream(file, StandardOpenOption.WRITE);
  }

  /**
   * Takes a file's rights from all others.
   *
   * @param file the file, which is there
   * @throws IOException if that fails
   */
  public static void restrict(Path file) throws IOException {
    Files.setPosixFilePermissions(file, FILE.value());
  }

  /** Makes the directory and its parents if need be; the directory itself ends owner-only. */
  static void directory(Path directory) throws IOException {
    newDirectory(directory);
    Files.setPosixFilePermissions(directory, DIRECTORY.value());
  }

  /** Writes the file anew; at no moment can another user read it. */
  static void write(Path file, String text) throws IOException {
    try (OutputStream out = newFile(file)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Opens a file that several processes may lock, and makes it if need be. */
  static FileChannel shared(Path file) throws IOException {
    return FileChannel.open(
        file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), FILE);
  }

  /** Makes a file that others are going to append to, or takes it as it is, but for its rights. */
  static void prepareLog(Path file) throws IOException {
    shared(file).close();
    restrict(file);
  }

  /**
   * Deletes a file, or a directory with all that is in it; absent is fine.
   *
   * @param path what to delete
   * @throws IOException if that fails
   */
  public static void delete(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(path)) {
      for (Path each : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  private static FileAttribute<Set<PosixFilePermission>> attribute(String rights) {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights));
  }
}
