package sekisho.metrics;

import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import sekisho.login.Outcome;

/**
 * What the service counts about itself. Plain adders, so that counting costs next to nothing where
 * attempts are decided; the management port reads them. Thread-safe.
 */
public final class ServiceMetrics {

  /** The bounds of histograms of time, in seconds. */
  static final double[] SECONDS = {
    0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
  };

  private final LongAdder[] outcomes = adders(Outcome.values());
  private final LongAdder[] refusals = adders(Refusal.values());
  private final LongAdder[] events = adders(Event.values());
  private final CallTimes storeCalls = new CallTimes();
  private final RequestTimes requests = new RequestTimes();
  private volatile long queueLength;

  private static LongAdder[] adders(Enum<?>[] kinds) {
    return Stream.generate(LongAdder::new).limit(kinds.length).toArray(LongAdder[]::new);
  }

  /** Counts a decided attempt. */
  public void count(Outcome outcome) {
    outcomes[outcome.ordinal()].increment();
  }

  /** Counts a request or a connection that was refused. */
  public void count(Refusal refusal) {
    refusals[refusal.ordinal()].increment();
  }

  /** Counts something that happened once, or to one attempt. */
  public void count(Event event) {
    events[event.ordinal()].increment();
  }

  /**
   * Counts what happened to several attempts.
   *
   * @param attempts how many, 0 for none
   */
  public void count(Event event, long attempts) {
    events[event.ordinal()].add(attempts);
  }

  /** How long requests of the public listener took. */
  public RequestTimes requests() {
    return requests;
  }

  /** How long calls that decided attempts took, from when they were begun to their answer. */
  public CallTimes storeCalls() {
    return storeCalls;
  }

  /** Notes how many attempts wait for MySQL, as Redis said just now. */
  public void queueLength(long length) {
    queueLength = length;
  }

  /** Attempts decided with this outcome so far. */
  public long total(Outcome outcome) {
    return outcomes[outcome.ordinal()].sum();
  }

  /** Requests and connections refused for this reason so far. */
  public long total(Refusal refusal) {
    return refusals[refusal.ordinal()].sum();
  }

  /** How often it happened so far. */
  public long total(Event event) {
    return events[event.ordinal()].sum();
  }

  /** How many attempts waited for MySQL when Redis last said so. */
  public long queueLength() {
    return queueLength;
  }
}
