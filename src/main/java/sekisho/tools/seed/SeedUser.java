package sekisho.tools.seed;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * One seeded user. All text is ASCII without tabs, line ends and backslashes.
 *
 * @param id from 1 upwards, without gaps
 * @param login unique
 * @param password unique; the seed data is public, so it is no secret
 * @param salt hashed together with the password
 * @param passwordHash hex SHA-256 of {@code password:salt}, as the table {@code users} holds it
 */
public record SeedUser(long id, String login, String password, String salt, String passwordHash) {

  /** A user with the hash that belongs to the password. */
  static SeedUser of(long id, String login, String password, String salt) {
    byte[] hash = Sha256.newDigest().digest((password + ":" + salt).getBytes(StandardCharsets.UTF_8));
    return new SeedUser(id, login, password, salt, HexFormat.of().formatHex(hash));
  }
}
