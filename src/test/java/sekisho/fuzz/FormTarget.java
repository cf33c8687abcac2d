package sekisho.fuzz;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import sekisho.http.request.BadRequestException;
import sekisho.http.request.FormContentType;
import sekisho.http.request.LoginForm;

/**
 * A form is one that can be stored, and reads the same when it is written again; or it is refused.
 */
final class FormTarget implements FuzzTarget {

  @Override
  public String name() {
    return "form";
  }

  @Override
  public List<String> words() {
    return List.of(
        "login",
        "password",
        "login=",
        "&login=",
        "&password=",
        "&",
        "=",
        "+",
        "%00",
        "%25",
        "%zz",
        "%",
        "%2",
        "%ff",
        "%c0%80",
        "%ed%a0%80",
        "%f4%90%80%80",
        "%e3%81%82",
        "%F0%9F%9A%A7",
        "x".repeat(255),
        "a=b&".repeat(33),
        "application/x-www-form-urlencoded",
        "; charset=utf-8",
        "charset=\"");
  }

  @Override
  public void accept(byte[] input) {
    try {
      LoginForm form = LoginForm.parse(input);
      String text = form.login() + form.password();
      Check.that(
          form.login().codePointCount(0, form.login().length()) <= 255 && text.indexOf('\0') < 0,
          "cannot be stored");
      Check.that(LoginForm.parse(written(form)).equals(form), "does not read as it was written");
    } catch (BadRequestException e) {
      Check.that(e.status() == 400, "refused with " + e.status());
    }
    try {
      FormContentType.require(new String(input, StandardCharsets.ISO_8859_1));
    } catch (BadRequestException e) {
      Check.that(e.status() == 415, "refused with " + e.status());
    }
  }

  private static byte[] written(LoginForm form) {
    return ("login="
            + URLEncoder.encode(form.login(), StandardCharsets.UTF_8)
            + "&password="
            + URLEncoder.encode(form.password(), StandardCharsets.UTF_8))
        .getBytes(StandardCharsets.US_ASCII);
  }
}
