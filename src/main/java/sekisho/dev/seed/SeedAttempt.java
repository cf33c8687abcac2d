package sekisho.dev.seed;

import java.time.LocalDateTime;

/**
 * One row of the seeded login log.
 *
 * @param id position in the log, from 1 upwards without gaps
 * @param createdAt UTC, whole seconds
 * @param user who tried; the log has no unknown names
 * @param ip canonical IPv4 address
 * @param succeeded whether the password was right
 */
public record SeedAttempt(
    long id, LocalDateTime createdAt, SeedUser user, String ip, boolean succeeded) {}
