package sekisho.http.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class FormContentTypeTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/x-www-form-urlencoded",
        "Application/X-WWW-Form-URLEncoded",
        " application/x-www-form-urlencoded ",
        "application/x-www-form-urlencoded;charset=utf-8",
        "application/x-www-form-urlencoded; charset=UTF-8",
        "application/x-www-form-urlencoded ; Charset=\"utf-8\" ",
        "application/x-www-form-urlencoded; charset=utf8",
        "application/x-www-form-urlencoded; version=1; charset=utf-8",
        "application/x-www-form-urlencoded;",
      })
  void letsFormsPass(String contentType) {
    assertThatCode(() -> FormContentType.require(contentType)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        ";",
        "text/plain",
        "application/json",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencodedx",
        "application/x-www-form-urlencoded, text/plain",
        "text/plain; application/x-www-form-urlencoded",
        "application/x-www-form-urlencoded; charset=iso-8859-1",
        "application/x-www-form-urlencoded; Charset=iso-8859-1",
        "application/x-www-form-urlencoded; charset=",
        "application/x-www-form-urlencoded; charset=\"",
        "application/x-www-form-urlencoded; charset=\"utf-8",
        "application/x-www-form-urlencoded; charset=utf-8; charset=shift_jis",
        "application/x-www-form-urlencoded; charset",
        "application/x-www-form-urlencoded; =utf-8",
      })
  void refusesEverythingElse(String contentType) {
    BadRequestException refusal =
        catchThrowableOfType(BadRequestException.class, () -> FormContentType.require(contentType));

    assertThat(refusal).isNotNull();
    assertThat(refusal.status()).isEqualTo(415);
  }
}
