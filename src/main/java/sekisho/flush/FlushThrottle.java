package sekisho.flush;

/**
 * How hurried a flush is. At full speed it keeps two cores busy for as long as it lasts, and logins
 * wait meanwhile.
 */
interface FlushThrottle {

  /** Of a flush that somebody waits for. */
  FlushThrottle FULL =
      new FlushThrottle() {
        @Override
        public boolean isGentle(long waiting) {
          return false;
        }

        @Override
        public void rest(long nanos) {}
      };

  /**
   * Whether the next step should be a small one, with a rest after it.
   *
   * @param waiting how many rows the queue has
   */
  boolean isGentle(long waiting);

  /**
   * Rests after a small step.
   *
   * @param nanos how long the step took
   */
  void rest(long nanos);
}
