package sekisho.dev.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Finds out why a server failed, for a message of one line. */
final class LogLine {

  /**
   * MariaDB tags errors; Redis marks warnings with {@code #} and prints configuration errors bare.
   */
  private static final Pattern TELLING =
      Pattern.compile(
          "\\[ERROR]|ERROR:|\\bFATAL\\b|\\bFailed\\b|Can't|Bad |error while loading shared libraries| # ");

  /**
   * The servers' good-bye lines, which follow the reason, and Redis' greeting and advice on kernel
   * settings.
   */
  private static final Pattern EMPTY_WORDS =
      Pattern.compile(
          "Aborting|oO0O|Redis version=|Configuration loaded|WARNING|ready to exit|Server initialized");

  private static final long MEBIBYTE = 1024 * 1024;

  /** In mebibytes; a new data directory of MariaDB takes more. */
  private static final long LITTLE_ROOM = 150;

  private LogLine() {}

  /**
   * A hint to put behind a failure: a server that has no room for its files seldom says so in its
   * last words.
   */
  static String roomFor(Path directory) {
    try {
      long free = Files.getFileStore(directory).getUsableSpace() / MEBIBYTE;
      return free < LITTLE_ROOM ? "; only " + free + " MB are free on its disk" : "";
    } catch (IOException e) {
      return "";
    }
  }

  /** The last line that names an error, else the last line, else nothing. */
  static Optional<String> mostTelling(List<String> lines) {
    return last(lines.stream()
            .filter(line -> TELLING.matcher(line).find())
            .filter(line -> !EMPTY_WORDS.matcher(line).find())
            .toList())
        .or(() -> last(lines))
        .map(String::strip);
  }

  private static Optional<String> last(List<String> lines) {
    return lines.isEmpty() ? Optional.empty() : Optional.of(lines.get(lines.size() - 1));
  }
}
