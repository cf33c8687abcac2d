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

  /** As many as the arrays can hold: the longest one has the bytes of a hash for each. */
  private static final int MAX_USERS = (Integer.MAX_VALUE - 8) / UserDirectory.HASH_LENGTH;

  private static final int MAX_TEXT = Integer.MAX_VALUE - 8;

  private int size;
  private long[] ids;
  private byte[] hashes;
  private int[] ends;
  private byte[] text;
  private int textLength;

  public UserDirectoryBuilder() {
    this(1024, 1024 * 16);
  }

  /**
   * Makes a builder that need not copy what it has gathered when the numbers are right.
   *
   * @param users how many to expect
   * @param textBytes of all their names and salts in UTF-8
   */
  public UserDirectoryBuilder(long users, long textBytes) {
    int expected = (int) Math.min(users, MAX_USERS);
    ids = new long[expected];
    hashes = new byte[expected * UserDirectory.HASH_LENGTH];
    ends = new int[expected * 2];
    text = new byte[(int) Math.min(textBytes, MAX_TEXT)];
  }

  /**
   * Adds a user.
   *
   * @param id the user's id, unlike all others
   * @param login the user's name, unlike all others
   * @param passwordHash hexadecimal SHA-256 of {@code password:salt}, or {@code *} for a user who
   *     may not log in
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

  /** Makes the directory; the builder is of no use afterwards. */
  public UserDirectory build() {
    // A copy takes as much memory again for a moment: not for a little.
    if (isLoose(size, ids.length)) {
      resize(size);
    }
    if (isLoose(textLength, text.length)) {
      text = Arrays.copyOf(text, textLength);
    }
    return new UserDirectory(size, ids, hashes, text, ends, new SecureRandom().nextInt());
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
    throw new IllegalArgumentException(
        "users: password_hash of id "
            + id
            + " is neither 64 hexadecimal digits nor * (for a user who may not log in)");
  }

  private void grow() {
    if (size == ids.length) {
      if (size == MAX_USERS) {
        throw new IllegalArgumentException("users: more than " + MAX_USERS + " are too many");
      }
      resize((int) grown(size, MAX_USERS));
    }
  }

  private static boolean isLoose(int used, int length) {
    return length - used > length / 8;
  }

  private void resize(int users) {
    ids = Arrays.copyOf(ids, users);
    hashes = Arrays.copyOf(hashes, users * UserDirectory.HASH_LENGTH);
    ends = Arrays.copyOf(ends, users * 2);
  }

  /** A little more than was expected, or twice as much where that was little. */
  private static long grown(long length, long max) {
    return Math.min(max, length + Math.max(length / 8, Math.min(length, 1 << 20)) + 1);
  }

  private int append(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    if (text.length - textLength < bytes.length) {
      if (textLength > MAX_TEXT - bytes.length) {
        throw new IllegalArgumentException("users: more than 2 GB of names and salts are too many");
      }
      text =
          Arrays.copyOf(
              text, (int) Math.max(grown(textLength, MAX_TEXT), textLength + bytes.length));
    }
    System.arraycopy(bytes, 0, text, textLength, bytes.length);
    textLength += bytes.length;
    return textLength;
  }
}
