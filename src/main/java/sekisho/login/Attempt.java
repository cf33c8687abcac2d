package sekisho.login;

import java.util.Objects;
import java.util.OptionalLong;

/**
 * A login attempt that waits for its decision. The password has been compared already and is not
 * carried further.
 *
 * @param login the name as typed, 0 to 255 characters, without NUL
 * @param userId the user of that name, empty when there is none
 * @param passwordMatches whether the password is the user's; false for an unknown name
 * @param address the canonical client address
 * @param allowed whether the address is on the allow-list, so that it cannot be banned
 */
public record Attempt(
    String login, OptionalLong userId, boolean passwordMatches, String address, boolean allowed) {

  /** An attempt from an address that is not on the allow-list. */
  public Attempt(String login, OptionalLong userId, boolean passwordMatches, String address) {
    this(login, userId, passwordMatches, address, false);
  }

  /** Checks that an unknown name has no right password. */
  public Attempt {
    Objects.requireNonNull(login);
    Objects.requireNonNull(userId);
    Objects.requireNonNull(address);
    if (passwordMatches && userId.isEmpty()) {
      throw new IllegalArgumentException("an unknown name has no password");
    }
  }
}
