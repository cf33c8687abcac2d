package sekisho.http.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
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
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class SessionCodecTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration LIFETIME = Duration.ofHours(1);
  private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  private final SessionKey key = SessionKey.parse("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");
  private final SessionKey otherKey = SessionKey.random();
  private final SessionCodec codec = codecAt(NOW, key);

  @Property
  void verifiesWhatItIssued(@ForAll long userId) {
    String session = codec.issue(userId);

    assertThat(session).hasSize(76).matches("[A-Za-z0-9_-]+");
    assertThat(codec.verify(session)).hasValue(userId);
  }

  /** Computed by another program from the documented layout: sessions have to outlive an upgrade. */
  @Test
  void keepsItsFormat() {
    assertThat(codec.issue(195_001))
        .isEqualTo("AQAAAAAAAvm5AAABm3baqAAAAAGbdxGWgMlxPMQlZTnfpxPgah-wXF6IFCjEJeSgpFwh8gj2CK1i");
  }

  @Test
  void expires() {
    String session = codec.issue(7);

    assertThat(codecAt(NOW.plus(LIFETIME).minusMillis(1), key).verify(session)).hasValue(7);
    assertThat(codecAt(NOW.plus(LIFETIME), key).verify(session)).isEmpty();
    assertThat(codecAt(NOW.plus(LIFETIME).plusSeconds(1_000_000), key).verify(session)).isEmpty();
  }

  @Test
  void letsSessionsKeepTheirExpiryWhenTheLifetimeIsConfiguredAnew() {
    SessionCodec longer = new SessionCodec(List.of(key), clock(NOW.plus(LIFETIME)), Duration.ofDays(365));

    assertThat(longer.verify(codec.issue(7))).isEmpty();
  }

  @Test
  void signsWithTheFirstKeyAndVerifiesWithAll() {
    String old = codec.issue(7);
    SessionCodec rotated = codecAt(NOW, otherKey, key);

    assertThat(rotated.verify(old)).hasValue(7);
    assertThat(codecAt(NOW, otherKey).verify(rotated.issue(8))).hasValue(8);
    assertThat(codec.verify(rotated.issue(8))).isEmpty();
    assertThat(codecAt(NOW, otherKey).verify(old)).isEmpty();
  }

  @Test
  void worksOnAfterAForgery() {
    codec.verify(codecAt(NOW, otherKey).issue(7));

    assertThat(codec.verify(codec.issue(7))).hasValue(7);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "x", "1", "null", "{}", "あ"})
  void refusesWhatIsNoSession(String value) {
    assertThat(codec.verify(value)).isEmpty();
  }

  @Test
  void refusesOtherSpellings() {
    // Chosen so that the text holds both characters in which the two alphabets differ.
    String session = codec.issue(-1);
    assertThat(session).contains("_");

    assertThat(List.of(session.replace('_', '/').replace('-', '+'), session + "=", session + "====", " " + session,
        session + " ", session + "\n", "\"" + session + "\"", session.toLowerCase(), session.substring(0, 75),
        session.substring(0, 75) + "=", session.substring(0, 74) + "==", session + session, session + "A"))
        .allSatisfy(other -> assertThat(codec.verify(other)).isEmpty());
  }

  @Property
  void refusesEveryChangedCharacter(
      @ForAll long userId, @ForAll @IntRange(max = 75) int place, @ForAll @IntRange(min = 1, max = 63) int shift) {
    StringBuilder session = new StringBuilder(codec.issue(userId));
    int digit = ALPHABET.indexOf(session.charAt(place));
    session.setCharAt(place, ALPHABET.charAt((digit + shift) % 64));

    assertThat(codec.verify(session.toString())).isEmpty();
  }

  @Test
  void refusesAnotherVersionEvenIfSigned() {
    byte[] fields = ByteBuffer.allocate(25).put((byte) 2).putLong(7)
        .putLong(NOW.toEpochMilli()).putLong(NOW.plus(LIFETIME).toEpochMilli()).array();
    Mac mac = key.newMac();
    byte[] session = ByteBuffer.allocate(57).put(fields).put(mac.doFinal(fields)).array();

    assertThat(codec.verify(Base64.getUrlEncoder().encodeToString(session))).isEmpty();
  }

  @Property
  void refusesAnyOtherBytes(@ForAll @Size(57) byte[] bytes) {
    assertThat(codec.verify(Base64.getUrlEncoder().encodeToString(bytes))).isEqualTo(OptionalLong.empty());
  }

  @Property
  void refusesAnyOtherText(@ForAll @StringLength(76) String text) {
    assertThat(codec.verify(text)).isEmpty();
  }

  @Test
  void needsAKeyAndALifetime() {
    assertThatThrownBy(() -> new SessionCodec(List.of(), clock(NOW), LIFETIME))
        .hasMessage("sessions need at least one key");
    assertThatThrownBy(() -> new SessionCodec(List.of(key), clock(NOW), Duration.ZERO))
        .hasMessage("the session lifetime has to be positive");
  }

  private static SessionCodec codecAt(Instant now, SessionKey... keys) {
    return new SessionCodec(List.of(keys), clock(now), LIFETIME);
  }

  private static Clock clock(Instant now) {
    return Clock.fixed(now, ZoneOffset.UTC);
  }
}
