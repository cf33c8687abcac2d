package sekisho.http.session;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;
import sekisho.user.UserDirectory;

/**
 * Writes and checks session cookies. A session is 57 bytes:
 *
 * <pre>
 *   1  version, {@value #VERSION}
 *   8  user id
 *   8  time of issue   } milliseconds since 1970-01-01T00:00:00Z,
 *   8  time of expiry  } all numbers big-endian
 *  32  HMAC-SHA-256 (RFC 2104) of the 25 bytes before and the version of the user's password, which is not sent along
 * </pre>
 *
 * <p>as 76 characters of URL-safe Base64 without padding (RFC 4648, section 5). As 57 is a multiple
 * of 3 no bits are left over in the last character, so that a session has exactly one spelling.
 *
 * <p>As the password's {@link UserDirectory#copyPasswordVersion version} is signed, a session ends
 * when the user gets another password, is disabled or removed; and a cookie tells nothing by which
 * a password could be guessed.
 *
 * <p>The first key signs, all keys verify, so that a key can be exchanged without logging anyone
 * out: put the new one in front, and drop the old one when a session lifetime has passed.
 *
 * <p>Not thread-safe, because a {@link Mac} is not: make one for each event loop.
 */
public final class SessionCodec {

  /** The first byte of a session; another layout gets another number. */
  private static final byte VERSION = 2;

  private static final int FIELDS_BYTES = 1 + 3 * Long.BYTES;
  private static final int SIGNATURE_BYTES = 32;
  private static final int SESSION_BYTES = FIELDS_BYTES + SIGNATURE_BYTES;
  private static final int SESSION_CHARS = SESSION_BYTES / 3 * 4;

  /**
   * How far the clocks of two instances may differ: a session from further in the future is
   * refused.
   */
  private static final long CLOCK_SKEW_MILLIS = 60_000;

  private static final int MAX_TRIED = 8;

  private final List<Mac> macs;
  private final Clock clock;
  private final long lifetimeMillis;
  private final byte[] passwordVersion = new byte[UserDirectory.PASSWORD_VERSION_LENGTH];

  /**
   * @param keys the keys, the one that signs first, at least one
   * @param lifetime how long a session is valid, at least one millisecond
   */
  public SessionCodec(List<SessionKey> keys, Clock clock, Duration lifetime) {
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("sessions need at least one key");
    }
    if (lifetime.toMillis() < 1) {
      throw new IllegalArgumentException("the session lifetime has to be positive");
    }
    this.macs = keys.stream().map(SessionKey::newMac).toList();
    this.clock = Objects.requireNonNull(clock, "clock");
    this.lifetimeMillis = lifetime.toMillis();
  }

  /**
   * Begins a session that lasts from now for the lifetime.
   *
   * @param userId the user; for one that is not in the directory, the session is never valid
   * @param users the directory by which the password was checked
   * @return the value for the session cookie, {@code A–Z a–z 0–9 - _} only
   */
  public String issue(long userId, UserDirectory users) {
    long now = clock.millis();
    ByteBuffer session =
        ByteBuffer.allocate(SESSION_BYTES)
            .put(VERSION)
            .putLong(userId)
            .putLong(now)
            .putLong(now + lifetimeMillis);
    users.copyPasswordVersion(userId, passwordVersion);
    session.put(sign(macs.get(0), session.array()));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(session.array());
  }

  /**
   * Finds the session among what a client sent. The signatures of {@value #MAX_TRIED} values are
   * computed at most; a browser has no more cookies of one name.
   *
   * @param cookieValues the values of all session cookies in their order
   * @param users the directory in force
   * @return the user's id of the first valid session, or empty if there is none
   */
  public OptionalLong verify(List<String> cookieValues, UserDirectory users) {
    int tried = 0;
    for (int i = 0; i < cookieValues.size() && tried < MAX_TRIED; i++) {
      String value = cookieValues.get(i);
      if (value.length() == SESSION_CHARS) {
        OptionalLong user = verify(value, users);
        if (user.isPresent()) {
          return user;
        }
        tried++;
      }
    }
    return OptionalLong.empty();
  }

  /**
   * Checks a session.
   *
   * @param cookieValue what the client sent in the session cookie, or null if it sent none
   * @param users the directory in force
   * @return the user's id, or empty if there is no session, it was not issued with one of the keys,
   *     it has expired, or its user is gone or has another password since
   */
  @SuppressWarnings("ShortCircuitBoolean") // both are computed, see below
  public OptionalLong verify(@Nullable String cookieValue, UserDirectory users) {
    if (cookieValue == null || cookieValue.length() != SESSION_CHARS) {
      return OptionalLong.empty();
    }
    byte[] session = decode(cookieValue);
    if (session.length != SESSION_BYTES || session[0] != VERSION) {
      return OptionalLong.empty();
    }
    ByteBuffer fields = ByteBuffer.wrap(session, 1, FIELDS_BYTES - 1);
    long userId = fields.getLong();
    // The signature is computed for an unknown user too: the time it takes does not tell which ids
    // there are.
    boolean known = users.copyPasswordVersion(userId, passwordVersion);
    return isSigned(session) & known && isInForce(fields.getLong(), fields.getLong())
        ? OptionalLong.of(userId)
        : OptionalLong.empty();
  }

  /**
   * A session never outlives the lifetime that is configured now, whatever it was when the session
   * was issued.
   */
  private boolean isInForce(long issue, long expiry) {
    long now = clock.millis();
    return issue <= now + CLOCK_SKEW_MILLIS && now < Math.min(expiry, issue + lifetimeMillis);
  }

  private static byte[] decode(String cookieValue) {
    try {
      return Base64.getUrlDecoder().decode(cookieValue);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  private boolean isSigned(byte[] session) {
    byte[] signature = Arrays.copyOfRange(session, FIELDS_BYTES, SESSION_BYTES);
    for (Mac mac : macs) {
      // Compares in constant time, so that a signature cannot be guessed byte by byte.
      if (MessageDigest.isEqual(signature, sign(mac, session))) {
        return true;
      }
    }
    return false;
  }

  private byte[] sign(Mac mac, byte[] session) {
    mac.update(session, 0, FIELDS_BYTES);
    mac.update(passwordVersion);
    return mac.doFinal();
  }
}
