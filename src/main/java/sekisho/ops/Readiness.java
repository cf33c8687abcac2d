package sekisho.ops;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.login.NotServing;

/**
 * Whether attempts get answers, and if not, why and since when: what {@code /readyz} says, and what
 * the log says once when it begins, when the reason is another one, and when it is over.
 * Thread-safe.
 */
public final class Readiness {

  private static final Logger LOG = LoggerFactory.getLogger(Readiness.class);

  private final Supplier<List<Optional<NotServing>>> eventLoops;

  /** The same moment by both clocks, so that times that are told stay the same. */
  private final Instant madeAt = Instant.now();

  private final long madeNanos = System.nanoTime();
  private volatile @Nullable NotServing ending;

  /**
   * The outage that the log tells of, null while there is none; its reason is the one told last.
   */
  private @Nullable NotServing told;

  public Readiness(Supplier<List<Optional<NotServing>>> eventLoops) {
    this.eventLoops = eventLoops;
  }

  /** From here on the service is not ready, since it ends. */
  public void ending() {
    if (ending == null) {
      ending = new NotServing("the service is ending", System.nanoTime());
    }
  }

  /**
   * Why the service is not ready.
   *
   * @return empty when it is; otherwise the reason of the event loop that has been without answers
   *     for longest
   */
  public Optional<NotServing> notReady() {
    NotServing end = ending;
    if (end != null) {
      return Optional.of(end);
    }
    List<Optional<NotServing>> loops = eventLoops.get();
    return loops.isEmpty()
        ? Optional.of(new NotServing("the service is starting", madeNanos))
        : loops.stream()
            .flatMap(Optional::stream)
            .min((left, right) -> Long.compare(left.since() - right.since(), 0));
  }

  /** Tells the log what has changed; to be called often. */
  public synchronized void tell() {
    Optional<NotServing> present = notReady();
    if (ending != null) {
      return;
    }
    if (present.isEmpty()) {
      if (told != null) {
        LOG.info(
            "attempts are accepted again, after {} s", seconds(System.nanoTime() - told.since()));
        told = null;
      }
    } else if (told == null || !told.reason().equals(present.get().reason())) {
      LOG.error("no attempts are accepted: {}", present.get().reason());
      long since = present.get().since();
      told =
          new NotServing(
              present.get().reason(),
              told == null || since - told.since() < 0 ? since : told.since());
    }
  }

  /**
   * When an outage began.
   *
   * @param outage what {@link #notReady} gave
   * @return the time by the clock of this machine
   */
  public Instant since(NotServing outage) {
    return madeAt.plusNanos(outage.since() - madeNanos).truncatedTo(ChronoUnit.MILLIS);
  }

  private static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.1f", nanos / 1e9);
  }
}
