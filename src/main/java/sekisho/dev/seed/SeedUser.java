package sekisho.dev.seed;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * One seeded user. All text is ASCII without tabs, line ends and backslashes.
 *
 * @param id from 1 upwards, without gaps
 * @param login unique
 * @param password unique; the seed data is public, so it is no secret
 * @param salt hashed together with the password
 */
public record SeedUser(long id, String login, String password, String salt) {

  /**
   * Computes the hash of password and salt.
   *
   * @return hex SHA-256 of {@code password:salt}, as the table {@code users} holds it
   */
  public String passwordHash() {
    return HexFormat.of()
        .formatHex(
            Sha256.newDigest().digest((password + ":" + salt).getBytes(StandardCharsets.UTF_8)));
  }
}
