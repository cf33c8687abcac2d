package sekisho.http.request;

import io.vertx.core.buffer.Buffer;
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
   * @return the form
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
   * @return the form
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
}
