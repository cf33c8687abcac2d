package sekisho.ops;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import sekisho.file.SecretFile;

/** The bearer tokens of the management port, each with the name of who holds it. Immutable. */
public final class ManagementTokens {

  /** Who holds the token that was made, or one without a name. */
  public static final String UNNAMED = "token";

  private static final int SHORTEST = 16;
  private static final int RANDOM_BYTES = 32;
  private static final String SCHEME = "Bearer ";

  /** RFC 6750, section 2.1; a name before it ends with a colon, which no token has. */
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

  private final Map<String, byte[]> digests = new LinkedHashMap<>();

  private ManagementTokens() {}

  /** No tokens: whatever needs one is refused. */
  public static ManagementTokens none() {
    return new ManagementTokens();
  }

  /**
   * Reads tokens as they are configured.
   *
   * @param text {@code token}, or {@code name:token}, several separated by commas
   * @throws IllegalArgumentException in one line that does not quote it, when one is too short or
   *     of other characters
   */
  public static ManagementTokens parse(String text) {
    ManagementTokens tokens = new ManagementTokens();
    for (String entry : text.split(",", -1)) {
      int colon = entry.indexOf(':');
      String name = colon < 0 ? UNNAMED : entry.substring(0, colon).strip();
      String token = entry.substring(colon + 1).strip();
      if (name.isEmpty() || token.length() < SHORTEST || !TOKEN.matcher(token).matches()) {
        throw new IllegalArgumentException(
            "must be a token of "
                + SHORTEST
                + " or more letters, digits and -._~+/, or several as name:token, separated by commas");
      }
      if (tokens.digests.putIfAbsent(name, digest(token)) != null) {
        throw new IllegalArgumentException("has two tokens of the name " + name);
      }
    }
    return tokens;
  }

  /**
   * Reads the token in a file; makes one if there is none.
   *
   * @param file in a directory that exists
   * @throws IOException in one line that names the file and says what to do
   */
  public static ManagementTokens loadOrCreate(Path file) throws IOException {
    SecretFile secret = new SecretFile(file, "management token", "token");
    String text = secret.loadOrCreate(ManagementTokens::random).strip();
    try {
      return parse(text);
    } catch (IllegalArgumentException e) {
      throw secret.malformed("it " + e.getMessage());
    }
  }

  private static String random() {
    byte[] bytes = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /**
   * Who sent a request.
   *
   * @param authorization its header; null without one
   * @return the name of the token's holder; empty for a wrong one. All tokens are compared, in a
   *     time that does not depend on what differs.
   */
  public Optional<String> holder(@Nullable String authorization) {
    if (authorization == null
        || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return Optional.empty();
    }
    byte[] given = digest(authorization.substring(SCHEME.length()).strip());
    Optional<String> holder = Optional.empty();
    for (Map.Entry<String, byte[]> each : digests.entrySet()) {
      if (MessageDigest.isEqual(each.getValue(), given)) {
        holder = Optional.of(each.getKey());
      }
    }
    return holder;
  }

  private static byte[] digest(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
