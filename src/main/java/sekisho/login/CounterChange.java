package sekisho.login;

/**
 * What a run of the history does to one counter, as a number, so that millions of them need no
 * objects.
 *
 * <p>A counter is the number of failures since the last success or pardon, plus {@link #BARRED}
 * while an operator bans the address or locks the user. So one comparison with the threshold finds
 * both, in Redis as in MySQL.
 */
public final class CounterChange {

  /**
   * What a counter is higher by while an operator bars its subject. No subject fails so often: at a
   * million attempts a second, it would take twelve days, and {@code decide.lua} counts up to 2^53.
   */
  public static final long BARRED = 1L << 40;

  /** Nothing happened. */
  public static final long NONE = 0;

  /** A success: failures begin at zero; what an operator did stays. */
  public static final long SUCCESS = 1;

  /** An operator's ban or lock. */
  public static final long BAR = 1 << 1;

  private static final long LIFT = 2 << 1;

  /** A pardon: failures begin at zero, and an operator's ban or lock ends. */
  public static final long PARDON = SUCCESS | LIFT;

  private static final long OPERATOR = BAR | LIFT;
  private static final int FAILURES = 3;

  /** One failure. */
  public static final long FAILURE = 1 << FAILURES;

  private CounterChange() {}

  /** The change of an attempt, for the counter of its address and of its user. */
  public static long of(RecordedAttempt attempt) {
    return attempt.succeeded() ? SUCCESS : FAILURE;
  }

  /** The change that brings a counter from zero to a value. */
  public static long to(long counter) {
    return failuresOf(counter) << FAILURES | (counter >= BARRED ? BAR : NONE);
  }

  /** The change that two changes in a row make together. */
  public static long then(long first, long next) {
    long failures = failures(next) + (clears(next) ? 0 : failures(first));
    long operator = (next & OPERATOR) != 0 ? next & OPERATOR : first & OPERATOR;
    return failures << FAILURES | operator | (first | next) & SUCCESS;
  }

  /** The counter after a change. */
  public static long apply(long counter, long change) {
    boolean barred = bars(change) || counter >= BARRED && !lifts(change);
    return (barred ? BARRED : 0) + (clears(change) ? 0 : failuresOf(counter)) + failures(change);
  }

  /** The failures that a counter counts, without what an operator added. */
  public static long failuresOf(long counter) {
    return counter % BARRED;
  }

  /** Failures of the run; those after its last success or pardon, if it has one. */
  public static long failures(long change) {
    return change >>> FAILURES;
  }

  /** Whether a success or a pardon came before these failures. */
  public static boolean clears(long change) {
    return (change & SUCCESS) != 0;
  }

  /** Whether an operator's ban or lock is in force after it, whatever was before. */
  public static boolean bars(long change) {
    return (change & OPERATOR) == BAR;
  }

  /** Whether no operator's ban or lock is in force after it, whatever was before. */
  public static boolean lifts(long change) {
    return (change & OPERATOR) == LIFT;
  }
}
