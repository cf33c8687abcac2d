package sekisho.bench.client;

/**
 * One login that a worker is about to try.
 *
 * @param login the name as typed
 * @param password the password as typed
 * @param address the client address, sent as {@code X-Forwarded-For}
 * @param right whether the name is known and the password is its own
 */
public record LoginTry(String login, String password, String address, boolean right) {

  @Override
  public String toString() {
    return "login "
        + login
        + " from "
        + address
        + " with a "
        + (right ? "right" : "wrong")
        + " password";
  }
}
