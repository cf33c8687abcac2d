package sekisho.redis;

import io.vertx.core.Future;

/**
 * Says whether what Redis holds belongs to the history in MySQL, and repairs it when it does not.
 */
public interface Admission {

  /**
   * Checks, and repairs if need be. Called after each connect and whenever Redis refuses an
   * attempt.
   *
   * @param epoch the epoch that the caller was last admitted to, empty for none
   * @param highestSequence the highest sequence number that it was given under it, 0 for none;
   *     Redis must not be behind that
   * @return the epoch under which attempts are accepted; failed when they can't be accepted now
   */
  Future<String> admit(String epoch, long highestSequence);

  /**
   * Tells that users were changed, as Redis says.
   *
   * @param version the version of the user directory in Redis
   */
  void directoryVersion(String version);

  /**
   * Tells that the allow-list was changed, as Redis says.
   *
   * @param version another one after each change; empty for none since Redis was empty
   */
  void allowListVersion(String version);

  /**
   * Tells how many attempts wait in the queue.
   *
   * @param length the length just now, at least 0
   */
  void queueLength(long length);

  /**
   * Tells that Redis holds a value that this service did not write, so that its counters must be
   * made anew.
   *
   * @param what where it lies, one line for an operator
   */
  void malformed(String what);

  /**
   * Tells that what waits in the queue should be in MySQL soon: it may be what fills the memory of
   * Redis, or this Redis may be cut off from everybody else, and another one take its place.
   */
  void moveQueueSoon();
}
