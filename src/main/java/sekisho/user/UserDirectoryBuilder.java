package sekisho.user;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;

/** Gathers users as they stream in, into the arrays of a {@link UserDirectory}. Not thread-safe. */
public final class UserDirectoryBuilder {

  private static final HexFormat HEX = HexFormat.of();
  /** In place of a hash: no password is this user's, as an asterisk says in shadow(5). */
  private static final String DISABLED = "*";
  /** The hash of no password that anybody knows or will find. */
  private static final byte[] NO_PASSWORD = new byte[UserDirectory.HASH_LENGTH];

  private int size;
  private long[] ids = new long[1024];
  private byte[] hashes = new byte[1024 * UserDirectory.HASH_LENGTH];
  private int[] ends = new int[1024 * 2];
  private byte[] text = new byte[1024 * 16];
  private int textLength;

  /**
   * Adds a user.
   *
   * @param id the user's id, unlike all others
   * @param login the user's name, unlike all others, not null
   * @param passwordHash hexadecimal SHA-256 of {@code password:salt}, or {@code *} for a user who may not log in
   * @param salt the salt, not null
   * @return this
   * @throws IllegalArgumentException when the hash is neither; the message names the user's id
   */
  public UserDirectoryBuilder add(long id, String login, String passwordHash, String salt) {
    byte[] hash = parse(id, passwordHash);
    grow();
    ids[size] = id;
    System.arraycopy(hash, 0, hashes, size * UserDirectory.HASH_LENGTH, UserDirectory.HASH_LENGTH);
    ends[size * 2] = append(login);
    ends[size * 2 + 1] = append(salt);
    size++;
    return this;
  }

  /**
   * Makes the directory; the builder is of no use afterwards.
   *
   * @return the directory, not null
   */
  public UserDirectory build() {
    return new UserDirectory(size, Arrays.copyOf(ids, size), Arrays.copyOf(hashes, size * UserDirectory.HASH_LENGTH),
        Arrays.copyOf(text, textLength), Arrays.copyOf(ends, size * 2), new SecureRandom().nextInt());
  }

  private static byte[] parse(long id, String passwordHash) {
    if (passwordHash.equals(DISABLED)) {
      return NO_PASSWORD;
    }
    if (passwordHash.length() == UserDirectory.HASH_LENGTH * 2) {
      try {
        return HEX.parseHex(passwordHash);
      } catch (IllegalArgumentException e) {
        // said below
      }
    }
    throw new IllegalArgumentException("users: password_hash of id " + id
        + " is neither 64 hexadecimal digits nor * (for a user who may not log in)");
  }

  private void grow() {
    if (size == ids.length) {
      ids = Arrays.copyOf(ids, size * 2);
      hashes = Arrays.copyOf(hashes, size * 2 * UserDirectory.HASH_LENGTH);
      ends = Arrays.copyOf(ends, size * 4);
    }
  }

  private int append(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    if (textLength + bytes.length > text.length) {
      text = Arrays.copyOf(text, Math.max(text.length * 2, textLength + bytes.length));
    }
    System.arraycopy(bytes, 0, text, textLength, bytes.length);
    textLength += bytes.length;
    return textLength;
  }
}
