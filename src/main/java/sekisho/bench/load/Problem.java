package sekisho.bench.load;

/** Something that the service did wrong. Thrown to leave a walk, so it carries no stack trace. */
public final class Problem extends RuntimeException {

  private final Reason reason;

  /**
   * Names a problem.
   *
   * @param detail what was expected and what came instead; never a password or cookie
   */
  public Problem(Reason reason, String detail) {
    super(detail, null, false, false);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }

  /**
   * Whether nobody can tell if the service took the request: it may have left the generator, and no
   * answer came.
   */
  public boolean leavesDoubt() {
    return reason == Reason.CUT_OFF || reason == Reason.TIMEOUT || reason == Reason.MALFORMED;
  }
}
