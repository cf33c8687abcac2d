package sekisho.bench.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the queue's length and the flushed rows from the metrics of a service that has them.
 * Another implementation of the contract has none: the first question without an answer is the last
 * one. Not thread-safe.
 */
public final class QueueProbe {

  private static final Duration PATIENCE = Duration.ofMillis(500);
  private static final int TRIES = 3;
  private static final Pattern LENGTH = metric("sekisho_queue_length");
  private static final Pattern FLUSHED = metric("sekisho_flushed_total");

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
  private Optional<URI> metrics;
  private int unanswered;

  /**
   * For one service.
   *
   * @param metrics where its metrics are; empty for none
   */
  public QueueProbe(Optional<URI> metrics) {
    this.metrics = metrics;
  }

  /** The queue as it is now; waits for half a second at most. */
  public Optional<Queue> read() {
    Optional<Queue> queue = metrics.flatMap(this::ask);
    unanswered = queue.isPresent() ? 0 : unanswered + 1;
    if (unanswered == TRIES) {
      metrics = Optional.empty();
    }
    return queue;
  }

  private Optional<Queue> ask(URI uri) {
    try {
      String page =
          http.send(HttpRequest.newBuilder(uri).timeout(PATIENCE).build(), BodyHandlers.ofString())
              .body();
      Matcher length = LENGTH.matcher(page);
      Matcher flushed = FLUSHED.matcher(page);
      return length.find() && flushed.find()
          ? Optional.of(new Queue(number(length), number(flushed)))
          : Optional.empty();
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private static Pattern metric(String name) {
    return Pattern.compile("^" + name + "(?:[{][^}]*[}])? (\\S+)", Pattern.MULTILINE);
  }

  private static long number(Matcher matcher) {
    return (long) Double.parseDouble(matcher.group(1));
  }

  /**
   * The login queue.
   *
   * @param length rows in it
   * @param flushed rows that this instance has moved to MySQL since its start
   */
  public record Queue(long length, long flushed) {}
}
