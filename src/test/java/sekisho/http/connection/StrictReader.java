package sekisho.http.connection;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A second reader of requests, which knows the grammar of RFC 9112 in its strictest form and
 * nothing else. Where it stops understanding it stops reading.
 */
final class StrictReader {

  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
  private static final Pattern REQUEST_LINE =
      Pattern.compile("(" + TOKEN + ") ([\\x21-\\x7e]+) HTTP/1\\.[01]");
  private static final Pattern FIELD =
      Pattern.compile(
          "("
              + TOKEN
              + "):[ \\t]*(|[\\x21-\\x7e\\x80-\\xff](?:[\\t\\x20-\\x7e\\x80-\\xff]*"
              + "[\\x21-\\x7e\\x80-\\xff])?)[ \\t]*");
  private static final Pattern ABSOLUTE = Pattern.compile("(?i)https?://[^/?]*/?");

  private final String input;
  private int position;

  private StrictReader(byte[] input) {
    this.input = new String(input, StandardCharsets.ISO_8859_1);
  }

  /** Returns the whole requests at the beginning of the input, see {@link #describe}. */
  static List<String> read(byte[] input) {
    StrictReader reader = new StrictReader(input);
    List<String> requests = new ArrayList<>();
    for (String request = reader.request(); request != null; request = reader.request()) {
      requests.add(request);
    }
    return requests;
  }

  /** What both readers have to agree on. */
  static String describe(String method, String target, List<String> fields, String body) {
    return method
        + " "
        + target
        + " "
        + fields.stream().filter(field -> !field.isEmpty()).toList()
        + " "
        + body;
  }

  /**
   * What both readers have to agree on of a field: nothing of {@code Connection} and no spelling of
   * a number.
   */
  static String field(String name, String value) {
    String lower = name.toLowerCase(Locale.ROOT);
    return switch (lower) {
      case "connection" -> "";
      case "content-length" -> lower;
      default -> lower + "=" + value;
    };
  }

  private String request() {
    while (input.startsWith("\r\n", position)) {
      position += 2;
    }
    Matcher first = REQUEST_LINE.matcher(line());
    if (!first.matches()) {
      return null;
    }
    List<String> fields = new ArrayList<>();
    List<String> lengths = new ArrayList<>();
    boolean chunked = false;
    String line = line();
    for (; !line.isEmpty(); line = line()) {
      Matcher field = FIELD.matcher(line);
      if (!field.matches()) {
        return null;
      }
      String name = field.group(1).toLowerCase(Locale.ROOT);
      fields.add(field(name, field.group(2)));
      if (name.equals("content-length")) {
        lengths.add(field.group(2));
      } else if (name.equals("transfer-encoding")) {
        lengths.add("");
        chunked = field.group(2).equalsIgnoreCase("chunked");
      }
    }
    String body =
        lengths.isEmpty()
            ? ""
            : lengths.size() > 1 ? null : chunked ? chunks() : plain(lengths.get(0));
    String target = ABSOLUTE.matcher(first.group(2)).replaceFirst("/");
    return body == null
        ? null
        : describe(
            first.group(1), first.group(2).startsWith("/") ? first.group(2) : target, fields, body);
  }

  /** The rest of the line up to CR and LF; what is no line ends as one that nothing matches. */
  private String line() {
    int end = input.indexOf("\r\n", position);
    if (end < 0) {
      return "\0";
    }
    String line = input.substring(position, end);
    position = end + 2;
    return line;
  }

  private String plain(String length) {
    return length.matches("[0-9]{1,18}") ? take(Long.parseLong(length)) : null;
  }

  private String take(long length) {
    if (length > input.length() - position) {
      return null;
    }
    String taken = input.substring(position, position + (int) length);
    position += (int) length;
    return taken;
  }

  private String chunks() {
    StringBuilder body = new StringBuilder();
    while (true) {
      String size = line();
      if (!size.matches("[0-9A-Fa-f]{1,15}")) {
        return null;
      }
      long length = Long.parseLong(size, 16);
      if (length == 0) {
        return trailers() ? body.toString() : null;
      }
      String data = take(length);
      if (data == null || !line().isEmpty()) {
        return null;
      }
      body.append(data);
    }
  }

  private boolean trailers() {
    String line = line();
    while (!line.isEmpty() && FIELD.matcher(line).matches()) {
      line = line();
    }
    return line.isEmpty();
  }
}
