package sekisho.bench.load;

/**
 * A user that the service was seeded with.
 *
 * @param login the name, unique
 * @param password the right password
 * @param failures the failures since the last success that the seeded log ends with; 0 when it does
 *     not name the user
 * @param inLog whether the seeded log names the user, so that there may be successes which the data
 *     set does not tell
 */
public record Account(String login, String password, int failures, boolean inLog) {}
