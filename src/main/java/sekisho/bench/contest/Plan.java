package sekisho.bench.contest;

import sekisho.bench.client.LoginTry;

/** What one worker tries, one attempt after the other. */
public interface Plan {

  /** The next attempt. After it, exactly one of {@link #settle} and {@link #retire} is called. */
  LoginTry next();

  /** The attempt was answered and is in the expected state. */
  void settle(LoginTry attempt);

  /**
   * The attempt was not answered, or wrongly: what follows for its user and address is unknown, so
   * leave them alone.
   */
  void retire(LoginTry attempt);

  /** Whether so much load was made that users ran out and unknown names took their place. */
  boolean outOfUsers();
}
