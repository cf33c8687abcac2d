package sekisho.mysql;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/**
 * Rows for a statement that reads them with {@code JSON_TABLE}: any number of rows in one parameter, and nothing to escape.
 */
public final class JsonRows {

  private static final JsonFactory JSON = new JsonFactory();

  private JsonRows() {
  }

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
     * @param item the item
     * @throws IOException never, as it goes to memory
     */
    void write(JsonGenerator json, T item) throws IOException;
  }

  /**
   * Makes the parameter.
   *
   * @param items the rows, not null
   * @param item writes one of them
   * @param <T> the type of the items
   * @return a JSON array
   */
  public static <T> String of(Iterable<T> items, Item<T> item) {
    StringWriter text = new StringWriter(16 * 1024);
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartArray();
      for (T each : items) {
        item.write(json, each);
      }
      json.writeEndArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }
}
