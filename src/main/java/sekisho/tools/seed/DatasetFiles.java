package sekisho.tools.seed;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A set of text files with a marker beside them, written last, that names the data's checksum and each file's size.
 * Without a marker that fits, the set counts as absent.
 */
final class DatasetFiles {

  /** Beside the files: the checksum, then a line {@code size name} for each. */
  static final String MARKER = "complete";

  private final Path directory;
  private final String checksum;

  /**
   * Makes the handle.
   *
   * @param checksum that the whole set must have
   */
  DatasetFiles(Path directory, String checksum) {
    this.directory = directory;
    this.checksum = checksum;
  }

  /** Whether the set is there, by marker and sizes. */
  boolean areComplete() throws IOException {
    Path marker = directory.resolve(MARKER);
    if (!Files.exists(marker)) {
      return false;
    }
    List<String> lines = Files.readAllLines(marker);
    List<String> names = lines.stream().skip(1).map(line -> line.substring(line.indexOf(' ') + 1)).toList();
    for (String name : names) {
      if (!Files.exists(directory.resolve(name))) {
        return false;
      }
    }
    return lines.equals(markerLines(names));
  }

  /**
   * Writes the set: all files under other names first, then each gets its own by renaming, then the marker.
   *
   * @param names of the files
   * @param contents the lines of each
   * @throws IllegalStateException if the data do not have the checksum; nothing is left then
   */
  void write(List<String> names, List<Stream<String>> contents) throws IOException {
    Files.createDirectories(directory);
    Path unfinished = Files.createTempDirectory(directory, "unfinished-");
    try {
      String actual = writeAll(unfinished, names, contents);
      if (!actual.equals(checksum)) {
        throw new IllegalStateException("the seed data have the checksum " + actual + " instead of " + checksum);
      }
      Files.deleteIfExists(directory.resolve(MARKER));
      for (String name : names) {
        Files.move(unfinished.resolve(name), directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
      }
      Files.write(unfinished.resolve(MARKER), markerLines(names));
      Files.move(unfinished.resolve(MARKER), directory.resolve(MARKER), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      for (String name : names) {
        Files.deleteIfExists(unfinished.resolve(name));
      }
      Files.delete(unfinished);
    }
  }

  private List<String> markerLines(List<String> names) throws IOException {
    List<String> lines = new ArrayList<>(List.of(checksum));
    for (String name : names) {
      lines.add(Files.size(directory.resolve(name)) + " " + name);
    }
    return lines;
  }

  private static String writeAll(Path directory, List<String> names, List<Stream<String>> contents) throws IOException {
    MessageDigest digest = Sha256.newDigest();
    for (int i = 0; i < names.size(); i++) {
      try (OutputStream file = Files.newOutputStream(directory.resolve(names.get(i)));
           OutputStream out = new BufferedOutputStream(new DigestOutputStream(file, digest), 1 << 16)) {
        for (Iterator<String> lines = contents.get(i).iterator(); lines.hasNext(); ) {
          out.write(lines.next().getBytes(StandardCharsets.US_ASCII));
          out.write('\n');
        }
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
