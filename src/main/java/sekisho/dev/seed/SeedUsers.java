package sekisho.dev.seed;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import sekisho.dev.seed.DatasetFiles.Sha256;

/**
 * Makes the seeded users. {@link Random} is used because its algorithm is part of its contract: the
 * same on each Java.
 */
public final class SeedUsers {

  public static final int COUNT = 200_000;

  /** Of all users, as {@code sql/seed.sql} computes it in the database. */
  static final String FINGERPRINT = "25FC468A77DF9AB1";

  /**
   * Users that load generators know by heart: {@code isucon1} with password {@code isuconpass1} and
   * so on.
   */
  static final int WELL_KNOWN = 9;

  private static final long RANDOM_SEED = 20140222L;
  private static final String[] FIRST_NAMES = {
    "aiko", "akira", "ayumi", "chie", "daichi", "emi", "fumio", "goro", "hana", "haruka", "hideo",
    "hiroshi", "ichiro", "jun", "kaito", "kaori", "kazuo", "keiko", "kenji", "kumi", "makoto",
        "mari",
    "masato", "mayu", "michi", "naoki", "noriko", "osamu", "rei", "rina", "ryo", "sakura",
        "satoshi",
    "shin", "sora", "takashi", "tomoko", "yuki", "yuta", "yoko"
  };
  private static final String[] LAST_NAMES = {
    "abe", "aoki", "endo", "fujita", "goto", "hara", "hasegawa", "hayashi", "honda", "ikeda",
        "inoue",
    "ishii", "ito", "kato", "kimura", "kondo", "maeda", "matsui", "mori", "murakami", "nakamura",
        "nishida",
    "ogawa", "okada", "ono", "ota", "saito", "sakai", "sasaki", "sato", "shimizu", "suzuki",
        "takeda",
    "tamura", "tanaka", "ueda", "wada", "watanabe", "yamada", "yoshida"
  };
  private static final String[] SEPARATORS = {".", "_", "-", ""};
  private static final String[] WORDS = {
    "apple", "barrier", "bridge", "candle", "castle", "cherry", "cloud", "copper", "crane",
    "dragon", "ferry", "forest", "garden", "harbor", "island", "jacket", "kettle", "ladder",
    "lantern", "maple", "market", "meadow", "mirror", "moon", "paper", "pepper", "pine", "planet",
    "river", "rocket", "saddle", "sesame", "silver", "snow", "sparrow", "stone", "summer", "temple",
    "tiger", "tunnel", "velvet", "violet", "walnut", "window", "winter", "yellow"
  };

  private final Random random = new Random(RANDOM_SEED);
  private final Set<String> logins = new HashSet<>();
  private final Set<String> passwords = new HashSet<>();

  private SeedUsers() {}

  /** The same of the first users alone, as the database writes it. */
  static String fingerprint(int count) {
    if (count == COUNT) {
      return FINGERPRINT;
    }
    MessageDigest digest = Sha256.newDigest();
    long combined = 0;
    for (SeedUser user : make().subList(0, count)) {
      String row =
          user.id() + "\t" + user.login() + "\t" + user.passwordHash() + "\t" + user.salt();
      combined ^= ByteBuffer.wrap(digest.digest(row.getBytes(StandardCharsets.US_ASCII))).getLong();
    }
    return Long.toHexString(combined).toUpperCase(Locale.ROOT);
  }

  /** All users in the order of their ids. */
  static List<SeedUser> make() {
    return new SeedUsers().all();
  }

  private List<SeedUser> all() {
    List<SeedUser> users = new ArrayList<>(COUNT);
    for (int id = 1; id <= COUNT; id++) {
      users.add(
          id <= WELL_KNOWN
              ? new SeedUser(id, "isucon" + id, "isuconpass" + id, "salt" + id)
              : new SeedUser(id, newLogin(), newPassword(), salt()));
    }
    return List.copyOf(users);
  }

  private String newLogin() {
    String login;
    do {
      login = pick(FIRST_NAMES) + pick(SEPARATORS) + pick(LAST_NAMES) + random.nextInt(1000);
    } while (!logins.add(login));
    return login;
  }

  private String newPassword() {
    String password;
    do {
      password = capitalized(pick(WORDS)) + capitalized(pick(WORDS)) + random.nextInt(10_000);
    } while (!passwords.add(password));
    return password;
  }

  private String salt() {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(random.nextInt()) + hex.toHexDigits(random.nextInt());
  }

  private String pick(String[] choices) {
    return choices[random.nextInt(choices.length)];
  }

  private static String capitalized(String word) {
    return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }

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
}
