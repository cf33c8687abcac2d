package sekisho.mysql;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Reads the statements of the folder {@code sql}. */
public final class Statements {

  private Statements() {}

  /**
   * One statement, without its comments.
   *
   * @param name the file below {@code sql}, such as {@code flush/move_watermark.sql}
   * @return the statement
   */
  public static String statement(String name) {
    try (InputStream in = Statements.class.getResourceAsStream("/sql/" + name)) {
      if (in == null) {
        throw new IllegalStateException("sql/" + name + " is not in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("--"))
          .collect(Collectors.joining("\n"))
          .strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The statements of a file that are separated by semicolons at a line's end.
   *
   * @param name the file below {@code sql}, such as {@code schema.sql}
   * @return the statements in their order
   */
  public static List<String> statements(String name) {
    return Arrays.stream(statement(name).split(";\\s*(\n|$)"))
        .map(String::strip)
        .filter(s -> !s.isEmpty())
        .toList();
  }
}
