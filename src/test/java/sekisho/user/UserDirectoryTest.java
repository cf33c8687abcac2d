package sekisho.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UserDirectoryTest {

  private static final Credentials UNKNOWN = new Credentials(OptionalLong.empty(), false);

  private final UserDirectoryBuilder builder = new UserDirectoryBuilder();
  private final PasswordHasher hasher = new PasswordHasher();

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private void add(long id, String login, String password, String salt) {
    builder.add(id, login, sha256(password + ":" + salt), salt);
  }

  private static Credentials right(long id) {
    return new Credentials(OptionalLong.of(id), true);
  }

  private static Credentials wrong(long id) {
    return new Credentials(OptionalLong.of(id), false);
  }

  /** Notes how many bytes it takes in at each call, and gives out, as a negative number. */
  private static final class CountingDigest extends MessageDigest {

    private final List<Integer> calls = new ArrayList<>();

    CountingDigest() {
      super("SHA-256");
    }

    @Override
    protected void engineUpdate(byte input) {
      calls.add(1);
    }

    @Override
    protected void engineUpdate(byte[] input, int offset, int length) {
      calls.add(length);
    }

    @Override
    protected byte[] engineDigest() {
      throw new UnsupportedOperationException();
    }

    @Override
    protected int engineDigest(byte[] output, int offset, int length) {
      calls.add(-length);
      return length;
    }

    @Override
    protected void engineReset() {
      calls.add(0);
    }
  }

  @Test
  void nobodyIsFoundInAnEmptyDirectory() {
    UserDirectory users = builder.build();
    assertThat(users.check("", "", hasher)).isEqualTo(UNKNOWN);
    assertThat(users.check("a", "", hasher)).isEqualTo(UNKNOWN);
    assertThat(users.nameOf(0)).isEmpty();
    assertThat(users.size()).isZero();
  }

  @Test
  void theContestsFirstUserHasTheHashOfTheSpecification() {
    // printf 'isuconpass1:salt1' | sha256sum
    builder.add(
        1, "isucon1", "6d7de4d284887f04c5a1d9e3431e9d7865a88bb6a7eab73ea6a22ac2d51d4db0", "salt1");
    assertThat(builder.build().check("isucon1", "isuconpass1", hasher)).isEqualTo(right(1));
  }

  @Test
  void theRightPasswordAloneMatches() {
    add(1, "a", "secret", "salt");
    UserDirectory users = builder.build();
    assertThat(users.check("a", "secret", hasher)).isEqualTo(right(1));
    for (String other :
        List.of(
            "", "secre", "secret ", "Secret", "secret:salt", "secret\0", sha256("secret:salt"))) {
      assertThat(users.check("a", other, hasher)).as(other).isEqualTo(wrong(1));
    }
  }

  @Test
  void hashesMayBeInCapitals() {
    builder.add(1, "a", sha256("secret:salt").toUpperCase(Locale.ROOT), "salt");
    assertThat(builder.build().check("a", "secret", hasher)).isEqualTo(right(1));
  }

  @Test
  void everyByteOfTheHashCounts() {
    byte[] hash = HexFormat.of().parseHex(sha256("secret:salt"));
    for (int i = 0; i < hash.length; i++) {
      byte[] other = hash.clone();
      other[i] ^= 1;
      builder.add(i, "user" + i, HexFormat.of().formatHex(other), "salt");
    }
    UserDirectory users = builder.build();
    for (int i = 0; i < hash.length; i++) {
      assertThat(users.check("user" + i, "secret", hasher)).as("byte %d", i).isEqualTo(wrong(i));
    }
  }

  @Test
  void passwordsAndSaltsMayHoldAnyCharacter() {
    add(1, "a", "пароль:😀", "соль:");
    add(2, "b", "", "");
    UserDirectory users = builder.build();
    assertThat(users.check("a", "пароль:😀", hasher)).isEqualTo(right(1));
    assertThat(users.check("b", "", hasher)).isEqualTo(right(2));
  }

  @Test
  void namesAreComparedByteForByte() {
    List<String> names =
        List.of(
            "",
            " ",
            "a",
            "A",
            "a ",
            " a",
            "aa",
            "ab",
            "abc",
            "a\0",
            "\u00e9",
            "e\u0301",
            "ß",
            "ss",
            "😀",
            "x".repeat(255),
            "x".repeat(254));
    for (int i = 0; i < names.size(); i++) {
      add(i, names.get(i), "password" + i, "salt" + i);
    }
    UserDirectory users = builder.build();
    for (int i = 0; i < names.size(); i++) {
      assertThat(users.check(names.get(i), "password" + i, hasher))
          .as("'%s'", names.get(i))
          .isEqualTo(right(i));
      assertThat(users.nameOf(i)).contains(names.get(i));
    }
    for (String other :
        List.of("  ", "AA", "abcd", "b", "c", "É", "É", "SS", "x".repeat(253), "x".repeat(256))) {
      assertThat(users.check(other, "password2", hasher)).as("'%s'", other).isEqualTo(UNKNOWN);
    }
  }

  /** A row's name and salt lie beside those of others: no name may be found across the border. */
  @Test
  void aNameIsNotFoundInAnothersSalt() {
    add(1, "ab", "1", "cd");
    add(2, "ef", "2", "gh");
    UserDirectory users = builder.build();
    for (String other : List.of("abcd", "cd", "cdef", "bc", "efgh", "gh", "abcdefgh")) {
      assertThat(users.check(other, "1", hasher)).as(other).isEqualTo(UNKNOWN);
    }
  }

  @Test
  void idsMayBeAnyNumber() {
    long[] ids = {0, -1, 1, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 32, 1L << 53, (1L << 53) + 1};
    for (long id : ids) {
      add(id, "user" + id, "secret", "salt");
    }
    UserDirectory users = builder.build();
    for (long id : ids) {
      assertThat(users.check("user" + id, "secret", hasher)).isEqualTo(right(id));
      assertThat(users.nameOf(id)).contains("user" + id);
    }
    assertThat(users.nameOf(2)).isEmpty();
  }

  @Test
  void aDisabledUserIsKnownAndHasNoPassword() {
    builder.add(1, "off", "*", "12345678");
    UserDirectory users = builder.build();
    for (String password : List.of("", "*", "0", "guess")) {
      assertThat(users.check("off", password, hasher)).as(password).isEqualTo(wrong(1));
    }
    CountingDigest digest = new CountingDigest();
    users.check("off", "guess", new PasswordHasher(digest));
    assertThat(digest.calls).as("the work of any wrong password").containsExactly(5, 1, 8, -32);
  }

  @Test
  void thePasswordsVersionChangesWithTheHash() {
    add(1, "a", "secret", "salt");
    add(2, "b", "secret", "pepper");
    UserDirectory users = builder.build();
    byte[] first = new byte[UserDirectory.PASSWORD_VERSION_LENGTH];
    byte[] second = first.clone();
    byte[] none = first.clone();
    assertThat(users.copyPasswordVersion(1, first)).isTrue();
    assertThat(users.copyPasswordVersion(2, second)).isTrue();
    assertThat(HexFormat.of().formatHex(first)).isEqualTo(sha256("secret:salt").substring(0, 32));
    assertThat(second).as("the same password with another salt").isNotEqualTo(first);
    assertThat(users.copyPasswordVersion(3, second)).isFalse();
    assertThat(second).as("nothing is left of the user before").isEqualTo(none);
  }

  @Test
  void aHashThatIsNoneIsRefusedWithTheUsersId() {
    for (String hash :
        List.of("", "00", "0".repeat(63), "0".repeat(65), "g".repeat(64), "**", "!")) {
      assertThatThrownBy(() -> builder.add(17, "a", hash, "salt"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "users: password_hash of id 17 is neither 64 hexadecimal digits nor * (for a user who may not log in)");
    }
  }

  /**
   * The same digest over as many bytes: what an unknown name costs cannot be told from a wrong
   * password.
   */
  @Test
  void anUnknownNameCostsTheSameHash() {
    add(1, "known", "secret", "12345678");
    UserDirectory users = builder.build();
    CountingDigest digest = new CountingDigest();
    PasswordHasher counting = new PasswordHasher(digest);
    users.check("known", "guess", counting);
    assertThat(digest.calls).containsExactly(5, 1, 8, -32);
    digest.calls.clear();
    users.check("unknown", "guess", counting);
    assertThat(digest.calls).containsExactly(5, 1, 8, -32);
  }

  @Test
  void twoHundredThousandUsersAreFound() {
    int count = 200_000;
    String hash = sha256("secret:salt");
    Runtime runtime = Runtime.getRuntime();
    System.gc();
    long before = runtime.totalMemory() - runtime.freeMemory();
    UserDirectory users = manyUsers(count, hash);
    System.gc();
    long bytes = runtime.totalMemory() - runtime.freeMemory() - before;
    System.out.println(
        "UserDirectory: about " + bytes / count + " bytes of heap for each of " + count + " users");
    assertThat(users.size()).isEqualTo(count);
    for (int id = 0; id < count; id++) {
      assertThat(users.nameOf(id).orElseThrow()).isEqualTo("user" + id);
      OptionalLong found =
          id % 20 == 0 ? users.check("user" + id, "guess", hasher).userId() : OptionalLong.of(id);
      assertThat(found).hasValue(id);
    }
    assertThat(users.check("user200000", "secret", hasher)).isEqualTo(UNKNOWN);
    assertThat(bytes / count).as("bytes for each user").isLessThan(400);
  }

  private static UserDirectory manyUsers(int count, String hash) {
    UserDirectoryBuilder many = new UserDirectoryBuilder();
    IntStream.range(0, count).forEach(id -> many.add(id, "user" + id, hash, "salt" + id % 10_000));
    return many.build();
  }
}
