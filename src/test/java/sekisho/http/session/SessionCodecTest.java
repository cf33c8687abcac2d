package sekisho.http.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.OptionalLong;
import javax.crypto.Mac;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.user.UserDirectory;
import sekisho.user.UserDirectoryBuilder;

class SessionCodecTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration LIFETIME = Duration.ofHours(1);
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  private static final long USER = 7;
  private static final UserDirectory USERS = users("55".repeat(32));

  private final SessionKey key =
      SessionKey.parse("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");
  private final SessionKey otherKey = SessionKey.random();
  private final SessionCodec codec = codecAt(NOW, key);

  @Property
  void verifiesWhatItIssued(@ForAll long userId) {
    UserDirectory users =
        new UserDirectoryBuilder().add(userId, "name", "55".repeat(32), "salt").build();
    String session = codec.issue(userId, users);

    assertThat(session).hasSize(76).matches("[A-Za-z0-9_-]+");
    assertThat(codec.verify(session, users)).hasValue(userId);
  }

  /**
   * Computed by another program from the documented layout: sessions have to outlive an upgrade.
   */
  @Test
  void keepsItsFormat() {
    UserDirectory users =
        new UserDirectoryBuilder()
            .add(
                195_001,
                "name",
                "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
                "salt")
            .build();

    assertThat(codec.issue(195_001, users))
        .isEqualTo("AgAAAAAAAvm5AAABm3baqAAAAAGbdxGWgNR6VwkdXYB2raCstXhm7Yzruk_P7fzCpTTXbkOLI-FW");
  }

  @Test
  void expires() {
    String session = codec.issue(7, USERS);

    assertThat(codecAt(NOW.plus(LIFETIME).minusMillis(1), key).verify(session, USERS)).hasValue(7);
    assertThat(codecAt(NOW.plus(LIFETIME), key).verify(session, USERS)).isEmpty();
    assertThat(codecAt(NOW.plus(LIFETIME).plusSeconds(1_000_000), key).verify(session, USERS))
        .isEmpty();
  }

  @Test
  void letsSessionsKeepTheirExpiryWhenTheLifetimeIsConfiguredAnew() {
    SessionCodec longer =
        new SessionCodec(List.of(key), clock(NOW.plus(LIFETIME)), Duration.ofDays(365));

    assertThat(longer.verify(codec.issue(7, USERS), USERS)).isEmpty();
  }

  @Test
  void signsWithTheFirstKeyAndVerifiesWithAll() {
    String old = codec.issue(7, USERS);
    SessionCodec rotated = codecAt(NOW, otherKey, key);

    assertThat(rotated.verify(old, USERS)).hasValue(7);
    assertThat(codecAt(NOW, otherKey).verify(rotated.issue(8, USERS), USERS)).hasValue(8);
    assertThat(codec.verify(rotated.issue(8, USERS), USERS)).isEmpty();
    assertThat(codecAt(NOW, otherKey).verify(old, USERS)).isEmpty();
  }

  @Test
  void worksOnAfterAForgery() {
    codec.verify(codecAt(NOW, otherKey).issue(7, USERS), USERS);

    assertThat(codec.verify(codec.issue(7, USERS), USERS)).hasValue(7);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "x", "1", "null", "{}", "あ"})
  void refusesWhatIsNoSession(String value) {
    assertThat(codec.verify(value, USERS)).isEmpty();
  }

  @Test
  void refusesOtherSpellings() {
    // An id so that the text holds a character in which the two alphabets differ.
    String session = codec.issue(-1, USERS);
    assertThat(session).contains("_");

    assertThat(
            List.of(
                session.replace('_', '/').replace('-', '+'),
                session + "=",
                session + "====",
                " " + session,
                session + " ",
                session + "\n",
                "\"" + session + "\"",
                session.toLowerCase(),
                session.substring(0, 75),
                session.substring(0, 75) + "=",
                session.substring(0, 74) + "==",
                session + session,
                session + "A"))
        .allSatisfy(other -> assertThat(codec.verify(other, USERS)).isEmpty());
  }

  @Property
  void refusesEveryChangedCharacter(
      @ForAll @IntRange(max = 75) int place, @ForAll @IntRange(min = 1, max = 63) int shift) {
    StringBuilder session = new StringBuilder(codec.issue(USER, USERS));
    int digit = ALPHABET.indexOf(session.charAt(place));
    session.setCharAt(place, ALPHABET.charAt((digit + shift) % 64));

    assertThat(codec.verify(session.toString(), USERS)).isEmpty();
  }

  /**
   * What somebody could make who has the key and the hashes, or what a fault of the service could.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2 | 7  |      0 | 3600000 | true  | as it is issued",
        "1 | 7  |      0 | 3600000 | false | the version before",
        "3 | 7  |      0 | 3600000 | false | a version to come",
        "2 | 9  |      0 | 3600000 | false | of nobody",
        "2 | 7  |  60000 | 3660000 | true  | from an instance whose clock is ahead by the skew",
        "2 | 7  |  60001 | 3660001 | false | from the future",
        "2 | 7  |      0 |       1 | true  | a short one",
        "2 | 7  |      0 |       0 | false | that ended as it began",
        "2 | 7  |      0 |      -1 | false | that ended before it began",
        "2 | 7  |      0 | 9999999 | true  | too long, at its beginning",
        "2 | 7  | -3599999 | 9999999 | true  | too long, within the lifetime",
        "2 | 7  | -3600000 | 9999999 | false | too long, after the lifetime",
        "2 | 7  | -9999999999999 | 9999999999999 | false | for ever",
      })
  void checksWhatIsSignedToo(
      byte version,
      long userId,
      long issueMillis,
      long expiryMillis,
      boolean accepted,
      String what) {
    byte[] fields =
        ByteBuffer.allocate(25)
            .put(version)
            .putLong(userId)
            .putLong(NOW.toEpochMilli() + issueMillis)
            .putLong(NOW.toEpochMilli() + expiryMillis)
            .array();
    byte[] passwordVersion = new byte[16];
    USERS.copyPasswordVersion(userId, passwordVersion);
    Mac mac = key.newMac();
    mac.update(fields);
    mac.update(passwordVersion);
    byte[] session = ByteBuffer.allocate(57).put(fields).put(mac.doFinal()).array();

    assertThat(codec.verify(Base64.getUrlEncoder().encodeToString(session), USERS).isPresent())
        .as(what)
        .isEqualTo(accepted);
  }

  @Test
  void endsWhenTheLifetimeIsConfiguredShorter() {
    String session = codec.issue(USER, USERS);
    Duration shorter = Duration.ofMinutes(1);

    assertThat(
            new SessionCodec(List.of(key), clock(NOW.plus(shorter).minusMillis(1)), shorter)
                .verify(session, USERS))
        .hasValue(USER);
    assertThat(
            new SessionCodec(List.of(key), clock(NOW.plus(shorter)), shorter)
                .verify(session, USERS))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        "5555555555555555555555555555555455555555555555555555555555555555",
        "4555555555555555555555555555555555555555555555555555555555555555"
      })
  void endsWithThePasswordItWasBegunBy(String newHash) {
    String session = codec.issue(USER, USERS);
    UserDirectory changed = users(newHash);

    assertThat(codec.verify(session, changed)).isEmpty();
    assertThat(codec.verify(codec.issue(8, USERS), changed)).as("another user's").hasValue(8);
  }

  @Test
  void endsWithItsUser() {
    String session = codec.issue(USER, USERS);

    assertThat(codec.verify(session, new UserDirectoryBuilder().build())).isEmpty();
    assertThat(codec.verify(codec.issue(USER, new UserDirectoryBuilder().build()), USERS))
        .isEmpty();
  }

  /**
   * Signed for the old password, a cookie that is issued while the password changes is worth
   * nothing.
   */
  @Test
  void isOfThePasswordThatWasCheckedAndNotOfTheOneInForceNow() {
    String late = codec.issue(USER, USERS);

    assertThat(codec.verify(late, users("66".repeat(32)))).isEmpty();
  }

  @Test
  void showsNothingOfThePassword() {
    byte[] session = Base64.getUrlDecoder().decode(codec.issue(USER, USERS));
    byte[] otherPassword = Base64.getUrlDecoder().decode(codec.issue(USER, users("66".repeat(32))));

    assertThat(Arrays.copyOf(session, 25)).isEqualTo(Arrays.copyOf(otherPassword, 25));
  }

  @Property
  void refusesAnyOtherBytes(@ForAll @Size(57) byte[] bytes) {
    assertThat(codec.verify(Base64.getUrlEncoder().encodeToString(bytes), USERS))
        .isEqualTo(OptionalLong.empty());
  }

  @Property
  void refusesAnyOtherText(@ForAll @StringLength(76) String text) {
    assertThat(codec.verify(text, USERS)).isEmpty();
  }

  @Test
  void needsAKeyAndALifetime() {
    assertThatThrownBy(() -> new SessionCodec(List.of(), clock(NOW), LIFETIME))
        .hasMessage("sessions need at least one key");
    assertThatThrownBy(() -> new SessionCodec(List.of(key), clock(NOW), Duration.ZERO))
        .hasMessage("the session lifetime has to be positive");
  }

  /** Two users and one whose id has every bit set; the first with the given hash. */
  private static UserDirectory users(String hash) {
    return new UserDirectoryBuilder()
        .add(USER, "seven", hash, "salt")
        .add(8, "eight", "88".repeat(32), "salt")
        .add(-1, "last", "ff".repeat(32), "salt")
        .build();
  }

  private static SessionCodec codecAt(Instant now, SessionKey... keys) {
    return new SessionCodec(List.of(keys), clock(now), LIFETIME);
  }

  private static Clock clock(Instant now) {
    return Clock.fixed(now, ZoneOffset.UTC);
  }
}
