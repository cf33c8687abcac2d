package sekisho.dev.seed;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import sekisho.dev.server.OwnerOnly;

/**
 * A set of text files with a marker beside them, written last, that names the data's checksum and
 * each file's size. Without a marker that fits, the set counts as absent. Passwords are in them:
 * they are for their owner alone.
 */
final class DatasetFiles {

  /** Beside the files: the checksum, then a line {@code size name} for each. */
  static final String MARKER = "complete";

  private static final String UNFINISHED = "unfinished-";

  private final Path directory;
  private final List<String> names;
  private final String checksum;

  /**
   * @param checksum SHA-256 in hex that the files must have, one after the other
   */
  DatasetFiles(Path directory, List<String> names, String checksum) {
    this.directory = directory;
    this.names = List.copyOf(names);
    this.checksum = checksum;
  }

  /** Whether the set is there, by marker and sizes. */
  boolean areComplete() throws IOException {
    Path marker = directory.resolve(MARKER);
    if (!Files.exists(marker)) {
      return false;
    }
    for (String name : names) {
      if (!Files.exists(directory.resolve(name))) {
        return false;
      }
      OwnerOnly.restrict(
          directory.resolve(name)); // an older version of this program let others read it
    }
    return Files.readAllLines(marker).equals(markerLines());
  }

  /**
   * Writes the set: all files under other names first, then each gets its own by renaming, then the
   * marker. What an earlier one has left behind, which was killed, is removed. To be called by one
   * process at a time.
   *
   * @param contents the lines of each file, in the order of the names
   * @throws IllegalStateException if the data do not have the checksum; nothing is left then
   */
  void write(List<Stream<String>> contents) throws IOException {
    OwnerOnly.newDirectory(directory);
    try (DirectoryStream<Path> leftBehind = Files.newDirectoryStream(directory, UNFINISHED + "*")) {
      for (Path each : leftBehind) {
        OwnerOnly.delete(each);
      }
    }
    Path unfinished = Files.createTempDirectory(directory, UNFINISHED);
    try {
      String actual = writeAll(unfinished, contents);
      if (!actual.equals(checksum)) {
        throw new IllegalStateException(
            "the seed data have the checksum " + actual + " instead of " + checksum);
      }
      Files.deleteIfExists(directory.resolve(MARKER));
      for (String name : names) {
        Files.move(
            unfinished.resolve(name), directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
      }
      try (OutputStream marker = OwnerOnly.newFile(unfinished.resolve(MARKER))) {
        marker.write((String.join("\n", markerLines()) + "\n").getBytes(StandardCharsets.US_ASCII));
      }
      Files.move(
          unfinished.resolve(MARKER), directory.resolve(MARKER), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      for (String name : names) {
        Files.deleteIfExists(unfinished.resolve(name));
      }
      Files.delete(unfinished);
    }
  }

  private List<String> markerLines() throws IOException {
    List<String> lines = new ArrayList<>(List.of(checksum));
    for (String name : names) {
      lines.add(Files.size(directory.resolve(name)) + " " + name);
    }
    return lines;
  }

  private String writeAll(Path target, List<Stream<String>> contents) throws IOException {
    MessageDigest digest = Sha256.newDigest();
    for (int i = 0; i < names.size(); i++) {
      try (OutputStream file = OwnerOnly.newFile(target.resolve(names.get(i)));
          OutputStream out =
              new BufferedOutputStream(new DigestOutputStream(file, digest), 1 << 16)) {
        for (Iterator<String> lines = contents.get(i).iterator(); lines.hasNext(); ) {
          out.write(lines.next().getBytes(StandardCharsets.US_ASCII));
          out.write('\n');
        }
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Makes SHA-256 digests without a checked exception that cannot happen. */
  static final class Sha256 {

    private Sha256() {}

    static MessageDigest newDigest() {
      try {
        return MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e); // each Java platform has it
      }
    }
  }
}
