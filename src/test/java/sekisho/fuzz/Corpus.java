package sekisho.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Inputs to begin with: a file of the test resources, one input on each line, with Java's escapes
 * and {@code \xNN}.
 */
final class Corpus {

  private Corpus() {}

  /** Reads {@code fuzz/NAME.txt}. */
  static List<byte[]> read(String name) {
    try (InputStream file = Corpus.class.getResourceAsStream("/fuzz/" + name + ".txt")) {
      String text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().filter(line -> !line.startsWith("# ")).map(Corpus::unescape).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] unescape(String line) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < line.length(); i++) {
      if (line.charAt(i) == '\\' && line.charAt(i + 1) == 'x') {
        bytes.write(Integer.parseInt(line.substring(i + 2, i + 4), 16));
        i += 3;
      } else if (line.charAt(i) == '\\') {
        bytes.writeBytes(
            ("\\" + line.charAt(++i)).translateEscapes().getBytes(StandardCharsets.UTF_8));
      } else {
        int end = Character.isHighSurrogate(line.charAt(i)) ? i + 2 : i + 1;
        bytes.writeBytes(line.substring(i, end).getBytes(StandardCharsets.UTF_8));
        i = end - 1;
      }
    }
    return bytes.toByteArray();
  }

  /** Writes an input as a line of such a file. */
  static String escape(byte[] input) {
    StringBuilder line = new StringBuilder();
    for (byte b : input) {
      switch (b) {
        case '\r' -> line.append("\\r");
        case '\n' -> line.append("\\n");
        case '\t' -> line.append("\\t");
        case '\\' -> line.append("\\\\");
        default ->
            line.append(
                b >= ' ' && b < 0x7f ? String.valueOf((char) b) : String.format("\\x%02x", b));
      }
    }
    return line.toString();
  }
}
