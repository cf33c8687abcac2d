package sekisho.http.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vertx.core.buffer.Buffer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoginFormTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "login=alice&password=secret                     | alice   | secret",
        "password=secret&login=alice                     | alice   | secret",
        "login=alice                                     | alice   | ''",
        "password=secret                                 | ''      | secret",
        "''                                              | ''      | ''",
        "login=&password=                                | ''      | ''",
        "login&password                                  | ''      | ''",
        "&&login=alice&&&password=secret&                | alice   | secret",
        "login=first&login=second&password=p             | first   | p",
        "login=&login=second                             | ''      | ''",
        "password=1&password=2                           | ''      | 1",
        "Login=alice&PASSWORD=secret                     | ''      | ''",
        "login[]=alice&=x&other=y&password=p             | ''      | p",
        "%6cogin=alice&p%61ssword=p                      | alice   | p",
        "login=a%3Db=c&password=%26%3d%25%2B             | a=b=c   | &=%+",
        "login=a;b&password=c;d                          | a;b     | c;d",
        "login=%E9%96%A2%e6%89%80&password=%F0%9F%97%BB  | 関所    | 🗻",
        "login=関所&password=🗻                          | 関所    | 🗻",
      })
  void readsFields(String body, String login, String password) {
    assertThat(parse(body)).isEqualTo(new LoginForm(login, password));
  }

  @Test
  void readsPlusAsSpaceAndKeepsSpaces() {
    assertThat(parse("login=+a++b%20&password=+")).isEqualTo(new LoginForm(" a  b ", " "));
  }

  @Test
  void readsBuffers() {
    assertThat(LoginForm.parse(Buffer.buffer("login=a&password=b")))
        .isEqualTo(new LoginForm("a", "b"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "login=%",
        "login=%4",
        "login=%4&password=x",
        "login=%zz",
        "login=%4g",
        "login=%g4",
        "login=%%34",
        "login=%-1",
        "login=% 41",
        "%=x",
        "login=a&password=%",
        "login=a&other=%",
        "login=a&%4",
        "login=a&login=%",
      })
  void refusesBrokenPercentEncodingInAnyField(String body) {
    assertRefused(body, "The form contains a broken percent-encoding.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "login=%00",
        "password=a%00b",
        "other=%00",
        "%00=x",
        "login=a\0b",
        "login=a&\0",
        "login=a&login=%00",
      })
  void refusesNulAnywhere(String body) {
    assertRefused(body, "The form contains a NUL character.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%80",
        "%BF",
        "%FF",
        "%FE", // no first byte
        "%C3",
        "%E9%96",
        "%F0%9F%97",
        "%C3a", // truncated
        "%C0%80",
        "%C1%BF",
        "%E0%80%80",
        "%E0%9F%BF",
        "%F0%80%80%80",
        "%F0%8F%BF%BF", // over-long
        "%ED%A0%80",
        "%ED%BF%BF",
        "%ED%A0%BD%ED%B7%BB", // surrogates
        "%F4%90%80%80",
        "%F5%80%80%80",
        "%F8%88%80%80%80", // beyond U+10FFFF
      })
  void refusesInvalidUtf8InAnyField(String bytes) {
    String message = "The form is not valid UTF-8.";
    assertRefused("login=" + bytes, message);
    assertRefused("login=a&password=x" + bytes, message);
    assertRefused("other=" + bytes, message);
    assertRefused(bytes + "=x", message);
    assertRefused("login=a&login=" + bytes, message);
  }

  @Test
  void refusesRawBytesThatAreNotUtf8() {
    byte[] body = "login=é".getBytes(StandardCharsets.ISO_8859_1);

    assertThatThrownBy(() -> LoginForm.parse(body)).hasMessage("The form is not valid UTF-8.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "%41", "%E9%96%A2", "%F0%9F%97%BB"})
  void limitsTheLoginNameTo255CodePoints(String character) {
    assertThatCode(() -> parse("login=" + character.repeat(255))).doesNotThrowAnyException();
    assertRefused("login=" + character.repeat(256), "The username is longer than 255 characters.");
  }

  @Test
  void leavesPasswordsAndIgnoredFieldsAsLongAsTheyAre() {
    String text = "x".repeat(8000);

    assertThat(parse("password=" + text).password()).isEqualTo(text);
    assertThat(parse("login=a&login=" + text).login()).isEqualTo("a");
  }

  @Test
  void hidesThePasswordInItsText() {
    assertThat(new LoginForm("alice", "secret"))
        .hasToString("LoginForm[login=alice, password=hidden]");
  }

  @Property
  void readsWhatAnyEncoderWrites(
      @ForAll @StringLength(max = 255) String login, @ForAll String password) {
    // Through UTF-8 and back, so that lone surrogates are gone.
    LoginForm form = new LoginForm(clean(login), clean(password));

    assertThat(parse("login=" + encode(form.login()) + "&password=" + encode(form.password())))
        .isEqualTo(form);
  }

  @Property
  void readsOrRefusesAnyBytes(@ForAll byte[] body) {
    try {
      LoginForm form = LoginForm.parse(body);
      assertThat(form.login()).doesNotContain("\0");
      assertThat(form.password()).doesNotContain("\0");
    } catch (BadRequestException e) {
      assertThat(e.status()).isEqualTo(400);
    }
  }

  @Property
  void decodesPercentEncodedBytesAsTheJdkDoesOrRefusesThem(@ForAll @Size(max = 6) byte[] bytes) {
    StringBuilder body = new StringBuilder("password=");
    for (byte b : bytes) {
      body.append(String.format("%%%02X", b));
    }
    String text = new String(bytes, StandardCharsets.UTF_8);
    boolean valid =
        Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes) && text.indexOf('\0') < 0;

    if (valid) {
      assertThat(parse(body.toString()).password()).isEqualTo(text);
    } else {
      assertThatThrownBy(() -> parse(body.toString())).isInstanceOf(BadRequestException.class);
    }
  }

  private static String clean(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8)
        .replace('\0', 'x');
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static LoginForm parse(String body) {
    return LoginForm.parse(body.getBytes(StandardCharsets.UTF_8));
  }

  private static void assertRefused(String body, String message) {
    BadRequestException refusal =
        catchThrowableOfType(BadRequestException.class, () -> parse(body));
    assertThat(refusal).as(body).hasMessage(message).hasNoCause();
    assertThat(refusal.status()).isEqualTo(400);
    assertThat(refusal.getStackTrace()).isEmpty();
  }
}
