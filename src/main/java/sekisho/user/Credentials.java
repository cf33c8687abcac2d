package sekisho.user;

import java.util.OptionalLong;

/**
 * What the user directory says of a name and a password.
 *
 * @param userId the user of that name, empty when there is none
 * @param passwordMatches whether the password is that user's; false for an unknown name
 */
public record Credentials(OptionalLong userId, boolean passwordMatches) {}
