package sekisho.login;

import java.time.Instant;

/**
 * What the history is made of: attempts and the acts of operators, in one order. Counters are its
 * fold: see {@link Counters}.
 */
public sealed interface HistoryEntry permits RecordedAttempt, OperatorAct {

  /** Its place in the order, from 1. Attempts and acts share the numbers. */
  long sequence();

  /** When Redis took it, in milliseconds. */
  Instant at();
}
