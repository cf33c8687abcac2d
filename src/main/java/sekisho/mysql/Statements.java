package sekisho.mysql;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Reads the statements of the folder {@code sql}. A file holds several, each under a line {@code --
 * name: move_watermark}.
 */
public final class Statements {

  private static final String HEADING = "-- name: ";

  private Statements() {}

  /**
   * One statement, without its comments.
   *
   * @param name file and name, such as {@code flush/move_watermark}
   */
  public static String statement(String name) {
    int slash = name.indexOf('/');
    String file = name.substring(0, slash) + ".sql";
    String heading = HEADING + name.substring(slash + 1);
    List<String> lines = read(file).lines().toList();
    int begin = lines.indexOf(heading);
    if (begin < 0 || begin != lines.lastIndexOf(heading)) {
      throw new IllegalStateException("sql/" + file + " does not have \"" + heading + "\" once");
    }
    return withoutComments(
        lines.stream().skip(begin + 1).takeWhile(line -> !line.startsWith(HEADING)).toList());
  }

  /**
   * Several statements that stand under one name, separated by semicolons at a line's end.
   *
   * @param name file and name, such as {@code connection/open_session}
   * @return the statements in their order
   */
  public static List<String> statements(String name) {
    return split(statement(name));
  }

  /** The statements of {@code schema.sql} in their order. */
  public static List<String> schema() {
    return split(withoutComments(read("schema.sql").lines().toList()));
  }

  private static List<String> split(String text) {
    return Arrays.stream(text.split(";\\s*(\n|$)"))
        .map(String::strip)
        .filter(statement -> !statement.isEmpty())
        .toList();
  }

  private static String withoutComments(List<String> lines) {
    return lines.stream()
        .filter(line -> !line.startsWith("--"))
        .collect(Collectors.joining("\n"))
        .strip();
  }

  private static String read(String file) {
    try (InputStream in = Statements.class.getResourceAsStream("/sql/" + file)) {
      if (in == null) {
        throw new IllegalStateException("sql/" + file + " is not in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
