package sekisho.testing.history;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sekisho.testing.HttpProbe;
import sekisho.testing.HttpReply;

/** Reads reports as clients do. */
public final class ReportProbe {

  private ReportProbe() {}

  /**
   * Asks the service on that port of 127.0.0.1.
   *
   * @return the report; empty when the answer is 503
   * @throws java.io.UncheckedIOException if there is no answer
   * @throws AssertionError if there is another one
   */
  public static Optional<ReportRead> ask(int port) {
    long start = System.nanoTime();
    HttpReply reply = HttpProbe.once(port, "GET /report HTTP/1.1\r\nHost: sekisho.test\r\n\r\n");
    long end = System.nanoTime();
    if (reply.status() == 503) {
      return Optional.empty();
    }
    if (reply.status() != 200) {
      throw new AssertionError("no report: " + reply);
    }
    JsonNode report = reply.json();
    return Optional.of(
        new ReportRead(
            start, end, texts(report.get("banned_ips")), texts(report.get("locked_users"))));
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(each -> texts.add(each.textValue()));
    return texts;
  }
}
