package sekisho.user;

import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Compares passwords with stored hashes, hex SHA-256 of {@code password:salt} (SPEC section 5). Not
 * thread-safe.
 */
public final class PasswordHasher {

  private static final byte[] NO_SALT = new byte[8];
  private static final byte[] NO_HASH = new byte[UserDirectory.HASH_LENGTH];

  private final MessageDigest digest;
  private final byte[] computed = new byte[UserDirectory.HASH_LENGTH];

  /** Makes a hasher for one thread. */
  public PasswordHasher() {
    this(sha256());
  }

  PasswordHasher(MessageDigest digest) {
    this.digest = digest;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * The hash to store for a password.
   *
   * @return hex SHA-256 of {@code password:salt} in UTF-8
   */
  public static String hash(String password, String salt) {
    return HexFormat.of()
        .formatHex(sha256().digest((password + ':' + salt).getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Whether the hash of the password and the salt is the one stored; takes the same time whichever
   * byte differs.
   */
  boolean matches(
      String password, byte[] salts, int saltFrom, int saltTo, byte[] hashes, int hashFrom) {
    try {
      digest.update(password.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) ':');
      digest.update(salts, saltFrom, saltTo - saltFrom);
      digest.digest(computed, 0, computed.length);
    } catch (DigestException e) {
      throw new IllegalStateException(e);
    }
    int difference = 0;
    for (int i = 0; i < computed.length; i++) {
      difference |= computed[i] ^ hashes[hashFrom + i];
    }
    return difference == 0;
  }

  /** Does the work of a comparison for a name that is unknown. */
  void matchesNothing(String password) {
    matches(password, NO_SALT, 0, NO_SALT.length, NO_HASH, 0);
  }
}
