package sekisho.http.session;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A secret that signs sessions: at least {@value #MIN_BYTES} bytes, as long as the signature, as
 * RFC 2104, section 3, recommends. Immutable; never shows itself in a text.
 */
public final class SessionKey {

  /** The fewest bytes that a key may have. */
  public static final int MIN_BYTES = 32;

  private static final String ALGORITHM = "HmacSHA256";

  private final byte[] bytes;

  private SessionKey(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Makes a new key of {@value #MIN_BYTES} random bytes. */
  public static SessionKey random() {
    byte[] bytes = new byte[MIN_BYTES];
    new SecureRandom().nextBytes(bytes);
    return new SessionKey(bytes);
  }

  /**
   * Reads one key as text: hexadecimal digits if there is nothing else in it, otherwise Base64 (RFC
   * 4648) with the standard or the URL-safe alphabet, padded or not.
   *
   * @param text the key, with optional white space around it
   * @throws IllegalArgumentException with one line that says what is wrong, without a part of the
   *     key
   */
  public static SessionKey parse(String text) {
    byte[] bytes = decode(text.strip());
    if (bytes.length < MIN_BYTES) {
      throw new IllegalArgumentException(
          "a session key needs at least "
              + MIN_BYTES
              + " bytes; this one has "
              + bytes.length
              + "; make one with: openssl rand -hex 32");
    }
    return new SessionKey(bytes);
  }

  /**
   * Reads a list of keys as it stands in the configuration.
   *
   * @param text one key or several separated by commas, as {@link #parse} reads them
   * @return the keys in their order, at least one
   * @throws IllegalArgumentException as {@link #parse}, with the place of the bad key if there are
   *     several
   */
  public static List<SessionKey> parseList(String text) {
    String[] entries = text.split(",", -1);
    List<SessionKey> keys = new ArrayList<>();
    for (String entry : entries) {
      try {
        keys.add(parse(entry));
      } catch (IllegalArgumentException e) {
        String place =
            entries.length == 1 ? "" : "key " + (keys.size() + 1) + " of " + entries.length + ": ";
        throw new IllegalArgumentException(place + e.getMessage());
      }
    }
    return List.copyOf(keys);
  }

  private static byte[] decode(String text) {
    boolean hex = text.chars().allMatch(HexFormat::isHexDigit);
    try {
      return hex
          ? HexFormat.of().parseHex(text)
          : Base64.getDecoder().decode(text.replace('-', '+').replace('_', '/'));
    } catch (IllegalArgumentException e) {
      // Not the cause, whose message quotes the text.
      throw new IllegalArgumentException(
          hex
              ? "a session key has an odd number of hexadecimal digits"
              : "a session key is neither hexadecimal nor Base64; make one with: openssl rand -hex 32");
    }
  }

  /** Returns the key as hexadecimal digits, for {@link SessionKeyFile} only. */
  String toHex() {
    return HexFormat.of().formatHex(bytes);
  }

  /** Returns a new HMAC-SHA-256 with this key; it is for one thread. */
  Mac newMac() {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(bytes, ALGORITHM));
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }

  /** Returns a text without the key. */
  @Override
  public String toString() {
    return "SessionKey[hidden]";
  }
}
