package sekisho.metrics;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import sekisho.login.Outcome;

/**
 * What the service counts about itself. Plain adders, so that counting costs next to nothing where
 * attempts are decided; the management port reads them. Thread-safe.
 */
public final class ServiceMetrics {

  private final Map<Outcome, LongAdder> outcomes = adders(Outcome.class);
  private final Map<Refusal, LongAdder> refusals = adders(Refusal.class);
  private final Map<Event, LongAdder> events = adders(Event.class);
  private volatile long queueLength;

  private static <E extends Enum<E>> Map<E, LongAdder> adders(Class<E> kinds) {
    Map<E, LongAdder> adders = new EnumMap<>(kinds);
    for (E kind : kinds.getEnumConstants()) {
      adders.put(kind, new LongAdder());
    }
    return adders;
  }

  /** Counts a decided attempt. */
  public void count(Outcome outcome) {
    outcomes.get(outcome).increment();
  }

  /** Counts a request or a connection that was refused. */
  public void count(Refusal refusal) {
    refusals.get(refusal).increment();
  }

  /** Counts something that happened once, or to one attempt. */
  public void count(Event event) {
    events.get(event).increment();
  }

  /**
   * Counts what happened to several attempts.
   *
   * @param attempts how many, 0 for none
   */
  public void count(Event event, long attempts) {
    events.get(event).add(attempts);
  }

  /** Notes how many attempts wait for MySQL, as Redis said just now. */
  public void queueLength(long length) {
    queueLength = length;
  }

  /** Attempts decided with this outcome so far. */
  public long total(Outcome outcome) {
    return outcomes.get(outcome).sum();
  }

  /** Requests and connections refused for this reason so far. */
  public long total(Refusal refusal) {
    return refusals.get(refusal).sum();
  }

  /** How often it happened so far. */
  public long total(Event event) {
    return events.get(event).sum();
  }

  /** How many attempts waited for MySQL when Redis last said so. */
  public long queueLength() {
    return queueLength;
  }
}
