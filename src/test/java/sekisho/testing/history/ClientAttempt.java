package sekisho.testing.history;

import java.util.Optional;
import java.util.OptionalLong;
import sekisho.login.Outcome;

/**
 * An attempt as its client saw it. Name and address together identify it: no two attempts of a
 * history share both.
 *
 * @param login the name as typed
 * @param userId the user of that name, empty when there is none
 * @param passwordMatches whether the password was the user's
 * @param address the client's address
 * @param start when it was sent, in nanoseconds since any moment that all attempts share
 * @param end when the answer was there, or the client gave up
 * @param answer the outcome that the service told; empty when there was none: cut off, or 503
 */
public record ClientAttempt(
    String login,
    OptionalLong userId,
    boolean passwordMatches,
    String address,
    long start,
    long end,
    Optional<Outcome> answer)
    implements Seen {

  @Override
  public boolean confirmed() {
    return answer.isPresent();
  }

  @Override
  public String toString() {
    return "'"
        + login
        + "' from "
        + address
        + (passwordMatches ? " (right password)" : "")
        + ", answered "
        + answer.map(Outcome::name).orElse("nothing");
  }
}
