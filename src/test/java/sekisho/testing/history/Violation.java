package sekisho.testing.history;

/**
 * Something in a history that must not be.
 *
 * @param kind which rule is broken
 * @param text what broke it, for people
 */
public record Violation(Kind kind, String text) {

  /** The rules of SPEC.md, sections 1, 2, 5 and 6, by what breaks them. */
  public enum Kind {
    /** An answered attempt is neither in the log nor in the queue. */
    LOST,
    /** An attempt or an act, answered or not, is there twice. */
    DUPLICATED,
    /** A row is there that nobody attempted, or an act that nobody took. */
    UNKNOWN_ROW,
    /** A row names another user than the one of its name. */
    WRONG_USER,
    /** Sequence numbers do not rise strictly. */
    IDS_NOT_RISING,
    /** An attempt that ended before another one began comes after it. */
    REORDERED,
    /** A row says success where the fold says failure, or the other way round. */
    ROW_AGAINST_FOLD,
    /** An answer is not what the failures of the address before it demand. */
    ANSWER_AGAINST_ADDRESS,
    /** An answer is not what the failures of the user before it demand. */
    ANSWER_AGAINST_USER,
    /** A right password was answered as wrong, or a wrong one as right. */
    ANSWER_AGAINST_PASSWORD,
    /** More WRONG answers for one user between two successes than the threshold. */
    TOO_MANY_WRONG_FOR_USER,
    /** More WRONG answers for one address between two successes than the threshold. */
    TOO_MANY_WRONG_FOR_ADDRESS,
    /** A report lacks an address or a name that was over the threshold before it was asked for. */
    REPORT_MISSING,
    /** A report has an address or a name that was not over the threshold when it was there. */
    REPORT_EXTRA,
    /** The service's own verification found a difference. */
    VERIFY
  }

  @Override
  public String toString() {
    return kind + ": " + text;
  }
}
