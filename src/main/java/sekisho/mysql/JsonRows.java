package sekisho.mysql;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Rows for a statement that reads them with {@code JSON_TABLE}: many rows in one parameter, and
 * nothing to escape. The parameter is as long as the server takes it, so that any number of rows
 * needs several of them.
 */
public final class JsonRows {

  private static final JsonFactory JSON =
      new JsonFactoryBuilder().rootValueSeparator((String) null).build();

  /** Bytes of a packet beside the parameter. */
  private static final int REST_OF_PACKET = 512;

  private static final int BRACKETS = 2;

  private JsonRows() {}

  /**
   * Writes one item into the array.
   *
   * @param <T> the type of the items
   */
  @FunctionalInterface
  public interface Item<T> {

    /**
     * Writes the item.
     *
     * @param json the array
     * @throws IOException never, as it goes to memory
     */
    void write(JsonGenerator json, T item) throws IOException;
  }

  /**
   * A parameter.
   *
   * @param json a JSON array
   * @param items the rows in it, at least one
   * @param fits whether the server takes it; only one row alone may be too long
   * @param <T> the type of the items
   */
  record Parameter<T>(String json, List<T> items, boolean fits) {}

  /**
   * Makes the parameters.
   *
   * @param items the rows
   * @param item writes one of them
   * @param most how many rows one parameter may have, at least 1
   * @param maxPacket the longest packet that the server takes, in bytes
   * @param use gets each parameter, in the order of the rows
   * @param <T> the type of the items
   */
  static <T> void forEach(
      Iterable<T> items, Item<T> item, int most, long maxPacket, Consumer<Parameter<T>> use) {
    long limit = maxPacket - REST_OF_PACKET;
    StringWriter writer = new StringWriter(16 * 1024);
    StringBuffer text = writer.getBuffer();
    List<T> rows = new ArrayList<>();
    long bytes = BRACKETS;
    try (JsonGenerator json = JSON.createGenerator(writer)) {
      for (T each : items) {
        int end = text.length();
        if (!rows.isEmpty()) {
          text.append(',');
        }
        item.write(json, each);
        json.flush();
        long more = utf8Length(text, end);
        if (!rows.isEmpty() && (rows.size() == most || bytes + more > limit)) {
          use.accept(
              new Parameter<>(
                  "[" + text.substring(0, end) + "]", List.copyOf(rows), bytes <= limit));
          text.delete(0, end + 1);
          rows.clear();
          bytes = BRACKETS;
        }
        rows.add(each);
        bytes += more;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!rows.isEmpty()) {
      use.accept(new Parameter<>("[" + text + "]", List.copyOf(rows), bytes <= limit));
    }
  }

  private static long utf8Length(CharSequence text, int from) {
    long bytes = 0;
    for (int i = from; i < text.length(); i++) {
      char each = text.charAt(i);
      // Two halves of a surrogate pair are four bytes together.
      bytes += each < 0x80 ? 1 : each < 0x800 || Character.isSurrogate(each) ? 2 : 3;
    }
    return bytes;
  }
}
