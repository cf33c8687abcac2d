package sekisho.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;

/**
 * An HTTP response as it came over the wire.
 *
 * @param statusLine the first line
 * @param headerLines the other lines of the head, in their order
 * @param body the body, empty if there is none
 */
public record HttpReply(String statusLine, List<String> headerLines, byte[] body) {

  /** The status code. */
  public int status() {
    return Integer.parseInt(statusLine.split(" ", 3)[1]);
  }

  /** All values of a header, whatever the case of its name. */
  public List<String> headers(String name) {
    return headerLines.stream()
        .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
        .map(line -> line.substring(name.length() + 1).strip())
        .toList();
  }

  /** The only value of a header; null if there is none. */
  public String header(String name) {
    List<String> values = headers(name);
    if (values.size() > 1) {
      throw new AssertionError(name + " stands " + values.size() + " times: " + values);
    }
    return values.isEmpty() ? null : values.get(0);
  }

  /** The body as text. */
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /** The body as a page. */
  public Document page() {
    return Jsoup.parse(text());
  }

  /** The text of the element with this id, white space and all; null if there is none. */
  public String element(String id) {
    var element = page().getElementById(id);
    return element == null ? null : element.wholeText();
  }

  /** The body as JSON. */
  public JsonNode json() {
    try {
      return new ObjectMapper().readTree(body);
    } catch (IOException e) {
      throw new AssertionError("not JSON: " + text(), e);
    }
  }

  @Override
  public String toString() {
    String content = text().startsWith("<!DOCTYPE html>") ? page().select("main").text() : text();
    return statusLine + "\n" + String.join("\n", headerLines) + "\n\n" + content;
  }
}
