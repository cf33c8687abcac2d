package sekisho.metrics;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import sekisho.login.Outcome;

/**
 * What the service counts about itself. Plain adders, so that counting costs next to nothing where
 * attempts are decided; the management port reads them. Thread-safe.
 */
public final class ServiceMetrics {

  private final Map<Outcome, LongAdder> outcomes = new EnumMap<>(Outcome.class);
  private final Map<Refusal, LongAdder> refusals = new EnumMap<>(Refusal.class);
  private final LongAdder majorities = new LongAdder();
  private final LongAdder unavailable = new LongAdder();
  private final LongAdder batches = new LongAdder();
  private final LongAdder flushed = new LongAdder();
  private final LongAdder quarantined = new LongAdder();
  private final LongAdder repairs = new LongAdder();
  private final LongAdder givenBack = new LongAdder();
  private final LongAdder lost = new LongAdder();
  private final AtomicLong queueLength = new AtomicLong();

  /** Starts at zero. */
  public ServiceMetrics() {
    for (Outcome outcome : Outcome.values()) {
      outcomes.put(outcome, new LongAdder());
    }
    for (Refusal refusal : Refusal.values()) {
      refusals.put(refusal, new LongAdder());
    }
  }

  /** Counts a decided attempt. */
  public void decided(Outcome outcome) {
    outcomes.get(outcome).increment();
  }

  /**
   * Counts a request or a connection that was refused.
   *
   * @param refusal why
   */
  public void refused(Refusal refusal) {
    refusals.get(refusal).increment();
  }

  /** Counts a series of attempts of which one address made most. */
  public void majority() {
    majorities.increment();
  }

  /**
   * Counts attempts that were answered with 503.
   *
   * @param attempts how many
   */
  public void unavailable(int attempts) {
    unavailable.add(attempts);
  }

  /**
   * Counts one call to Redis that decided attempts.
   *
   * @param queued the queue's length after it
   */
  public void batch(long queued) {
    batches.increment();
    queueLength.set(queued);
  }

  /**
   * Counts attempts that were moved to MySQL.
   *
   * @param attempts how many
   * @param queued how many still wait
   */
  public void flushed(long attempts, long queued) {
    flushed.add(attempts);
    queueLength.set(queued);
  }

  /** Counts a row of the queue that was put aside. */
  public void quarantined() {
    quarantined.increment();
  }

  /**
   * Counts answered attempts that the login log lacks.
   *
   * @param attempts how many
   */
  public void lost(long attempts) {
    lost.add(attempts);
  }

  /**
   * Counts a repair of Redis.
   *
   * @param attempts how many answered attempts are known to be lost
   */
  public void repaired(long attempts) {
    repairs.increment();
    lost.add(attempts);
  }

  /**
   * Counts attempts that Redis had lost and this instance gave back to it.
   *
   * @param attempts how many
   */
  public void givenBack(long attempts) {
    givenBack.add(attempts);
  }

  /**
   * Attempts decided so far.
   *
   * @param outcome with which outcome
   * @return how many
   */
  public long outcomes(Outcome outcome) {
    return outcomes.get(outcome).sum();
  }

  /**
   * Requests and connections refused so far.
   *
   * @param refusal for which reason
   * @return how many
   */
  public long refusals(Refusal refusal) {
    return refusals.get(refusal).sum();
  }

  /**
   * Series of attempts so far of which one address made most.
   *
   * @return how many
   */
  public long majorities() {
    return majorities.sum();
  }

  /**
   * Attempts answered with 503 so far.
   *
   * @return how many
   */
  public long unavailable() {
    return unavailable.sum();
  }

  /**
   * Calls to Redis so far.
   *
   * @return how many
   */
  public long batches() {
    return batches.sum();
  }

  /**
   * Attempts moved to MySQL by this instance so far.
   *
   * @return how many
   */
  public long flushed() {
    return flushed.sum();
  }

  /**
   * Rows put into quarantine by this instance so far.
   *
   * @return how many
   */
  public long quarantinedRows() {
    return quarantined.sum();
  }

  /**
   * Repairs of Redis by this instance so far.
   *
   * @return how many
   */
  public long repairs() {
    return repairs.sum();
  }

  /**
   * Attempts that Redis had lost and this instance gave back to it.
   *
   * @return how many
   */
  public long givenBack() {
    return givenBack.sum();
  }

  /**
   * Answered attempts that the login log is known to lack: Redis lost them and nobody could give
   * them back, or MySQL refused them.
   *
   * @return how many
   */
  public long lost() {
    return lost.sum();
  }

  /**
   * Attempts that waited for MySQL when Redis last said so.
   *
   * @return how many
   */
  public long queueLength() {
    return queueLength.get();
  }
}
