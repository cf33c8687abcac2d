package sekisho.http.request;

import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * What a client typed into the login form. A field that is missing from the body counts as empty;
 * of a repeated field the first occurrence counts; fields of other names are checked like these two
 * and then ignored.
 *
 * @param login the login name, 0 to {@value #MAX_LOGIN_LENGTH} code points without NUL
 * @param password the password as typed, any length, without NUL
 */
public record LoginForm(String login, String password) {

  /** The longest login name in Unicode code points, as wide as the columns that keep it. */
  public static final int MAX_LOGIN_LENGTH = 255;

  /** How many fields a form may have; the one that is served has two. */
  public static final int MAX_FIELDS = 32;

  /**
   * Checks that neither field is null; the rules for the text are those of {@link #parse(byte[])}.
   */
  public LoginForm {
    Objects.requireNonNull(login, "login");
    Objects.requireNonNull(password, "password");
  }

  /**
   * Reads a form from the body of a request.
   *
   * @param body the whole body
   * @throws BadRequestException as {@link #parse(byte[])}
   */
  public static LoginForm parse(Buffer body) {
    return parse(body.getBytes());
  }

  /**
   * Reads a form from the body of a request. The format is {@code
   * application/x-www-form-urlencoded} of the WHATWG URL standard, section 5.1, but strict: what
   * that standard repairs silently is refused here, so that no two spellings of a broken name can
   * be taken for one another.
   *
   * @param body the whole body
   * @throws BadRequestException with status 400 for a broken percent-encoding, bytes that are not
   *     UTF-8 (RFC 3629), a NUL anywhere in the body, more than {@value #MAX_FIELDS} fields, or a
   *     login name of more than {@value #MAX_LOGIN_LENGTH} code points
   */
  public static LoginForm parse(byte[] body) {
    String login = null;
    String password = null;
    FormReader reader = new FormReader(body);
    for (int fields = 0; reader.hasNext(); fields++) {
      if (fields == MAX_FIELDS) {
        throw new BadRequestException(400, "The form has more than " + MAX_FIELDS + " fields.");
      }
      String name = reader.name();
      String value = reader.value();
      if (login == null && name.equals("login")) {
        login = value;
      } else if (password == null && name.equals("password")) {
        password = value;
      }
    }
    return new LoginForm(login == null ? "" : checkLength(login), password == null ? "" : password);
  }

  private static String checkLength(String login) {
    // The number of chars is an upper bound for the number of code points, and nearly always the
    // whole answer.
    if (login.length() > MAX_LOGIN_LENGTH
        && login.codePointCount(0, login.length()) > MAX_LOGIN_LENGTH) {
      throw new BadRequestException(
          400, "The username is longer than " + MAX_LOGIN_LENGTH + " characters.");
    }
    return login;
  }

  /** Returns a text without the password, so that the form can stand in a message. */
  @Override
  public String toString() {
    return "LoginForm[login=" + login + ", password=hidden]";
  }

  /**
   * Reads the pairs of one {@code application/x-www-form-urlencoded} body in their order, each name
   * and value once: while {@link #hasNext()}, call {@link #name()} and then {@link #value()}. For
   * one body and one thread.
   */
  static final class FormReader {

    private final byte[] body;

    /** The bytes of the component that is being decoded; decoding never makes it longer. */
    private final byte[] decoded;

    private int position;

    FormReader(byte[] body) {
      this.body = body;
      this.decoded = new byte[body.length];
    }

    /** Skips empty pairs ({@code a=1&&b=2}) and tells whether another pair follows. */
    boolean hasNext() {
      while (position < body.length && body[position] == '&') {
        position++;
      }
      return position < body.length;
    }

    /** Returns the decoded name of the next pair, perhaps empty. */
    String name() {
      return component('=');
    }

    /**
     * Returns the decoded value that belongs to the name just read; empty when the pair has no
     * equals sign.
     */
    String value() {
      if (position < body.length && body[position] == '=') {
        position++;
      }
      return component('&');
    }

    private String component(char terminator) {
      int length = 0;
      int allBits = 0;
      while (position < body.length && body[position] != '&' && body[position] != terminator) {
        byte b = nextByte();
        if (b == 0) {
          throw new BadRequestException(400, "The form contains a NUL character.");
        }
        allBits |= b;
        decoded[length++] = b;
      }
      boolean ascii = allBits >= 0;
      return ascii ? new String(decoded, 0, length, StandardCharsets.ISO_8859_1) : utf8(length);
    }

    private byte nextByte() {
      byte b = body[position++];
      if (b == '+') {
        return ' ';
      }
      return b == '%' ? percentEncoded() : b;
    }

    private byte percentEncoded() {
      if (position + 2 > body.length) {
        throw brokenPercentEncoding();
      }
      int high = hexDigit(body[position++]);
      int low = hexDigit(body[position++]);
      return (byte) (high << 4 | low);
    }

    private static int hexDigit(byte b) {
      int digit = Character.digit((char) (b & 0xFF), 16);
      if (digit < 0) {
        throw brokenPercentEncoding();
      }
      return digit;
    }

    private static BadRequestException brokenPercentEncoding() {
      return new BadRequestException(400, "The form contains a broken percent-encoding.");
    }

    /**
     * Decodes strictly: a decoder of its own reports over-long, surrogate and truncated sequences,
     * a String repairs.
     */
    private String utf8(int length) {
      try {
        return StandardCharsets.UTF_8
            .newDecoder()
            .decode(ByteBuffer.wrap(decoded, 0, length))
            .toString();
      } catch (CharacterCodingException e) {
        throw new BadRequestException(400, "The form is not valid UTF-8.");
      }
    }
  }
}
