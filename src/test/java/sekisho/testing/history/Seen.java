package sekisho.testing.history;

/** Something that a client asked for, and what it was told. */
public sealed interface Seen permits ClientAttempt, ClientAct {

  /** When it was sent, in nanoseconds since any moment that all of a history share. */
  long start();

  /** When the answer was there, or the client gave up. */
  long end();

  /** Whether the answer says that it is in the history. */
  boolean confirmed();

  /** Whether it had surely been decided when the other one began. */
  default boolean endedBefore(Seen other) {
    return confirmed() && end() < other.start();
  }
}
