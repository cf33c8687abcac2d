package sekisho.management;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.redis.NotServing;

/**
 * Whether attempts get answers, and if not, why and since when: what {@code /readyz} says, and what the log says once when it begins,
 * when the reason is another one, and when it is over. Thread-safe.
 */
public final class Readiness {

  private static final Logger LOG = LoggerFactory.getLogger(Readiness.class);

  private final Supplier<List<Optional<NotServing>>> eventLoops;
  private volatile Instant ending;
  /** The outage that the log tells of, null while there is none; its reason is the one told last. */
  private NotServing told;

  /**
   * Makes it.
   *
   * @param eventLoops tells for each event loop why it gives no answers; none while the service starts
   */
  public Readiness(Supplier<List<Optional<NotServing>>> eventLoops) {
    this.eventLoops = eventLoops;
  }

  /** From here on the service is not ready, since it ends. */
  public void ending() {
    if (ending == null) {
      ending = Instant.now();
    }
  }

  /**
   * Why the service is not ready.
   *
   * @return empty when it is; otherwise the reason of the event loop that has been without answers for longest
   */
  public Optional<NotServing> notReady() {
    Instant end = ending;
    if (end != null) {
      return Optional.of(new NotServing("the service is ending", end));
    }
    List<Optional<NotServing>> loops = eventLoops.get();
    return loops.isEmpty() ? Optional.of(new NotServing("the service is starting", Instant.now()))
        : loops.stream().flatMap(Optional::stream).min((left, right) -> left.since().compareTo(right.since()));
  }

  /** Tells the log what has changed; to be called often. */
  public synchronized void tell() {
    Optional<NotServing> present = notReady();
    if (ending != null) {
      return;
    }
    if (present.isEmpty()) {
      if (told != null) {
        LOG.info("attempts are accepted again, after {} s", seconds(Duration.between(told.since(), Instant.now())));
        told = null;
      }
    } else if (told == null || !told.reason().equals(present.get().reason())) {
      LOG.error("no attempts are accepted: {}", present.get().reason());
      Instant since = told == null ? present.get().since() : Stream.of(told, present.get()).map(NotServing::since)
          .min(Instant::compareTo).orElseThrow();
      told = new NotServing(present.get().reason(), since);
    }
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f", duration.toMillis() / 1000.0);
  }
}
