package sekisho.fuzz;

/** An assertion that costs nothing when it holds. */
public final class Check {

  private Check() {}

  /** Fails unless it is so. */
  public static void that(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
