package sekisho.http.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class NoticeTest {

  private final NoticeCookie cookie = new NoticeCookie("notice", false);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "BANNED         | You're banned.",
        "LOCKED         | This account is locked.",
        "WRONG          | Wrong username or password",
        "LOGIN_REQUIRED | You must be logged in",
      })
  void saysWhatTheContractSays(Notice notice, String text) {
    assertThat(notice.text()).isEqualTo(text);
  }

  @ParameterizedTest
  @EnumSource
  void travelsAsACode(Notice notice) {
    assertThat(notice.code()).matches("[a-z]+");
    assertThat(Notice.ofCode(notice.code())).isSameAs(notice);
    assertThat(cookie.set(notice))
        .isEqualTo("notice=" + notice.code() + "; Max-Age=300; Path=/; HttpOnly; SameSite=Lax");
    assertThat(cookie.read(List.of("a=b; notice=" + notice.code()))).isSameAs(notice);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "BANNED", "banned ", "You're banned.", "0", "<script>"})
  void knowsNoOtherCode(String code) {
    assertThat(Notice.ofCode(code)).isNull();
  }

  @Test
  void ignoresACodeThatTheClientMadeUp() {
    assertThat(cookie.read(List.of("notice=Send+money"))).isNull();
    assertThat(cookie.read(List.of())).isNull();
  }

  @Test
  void clears() {
    assertThat(cookie.clear()).isEqualTo("notice=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax");
    assertThat(new NoticeCookie("notice", true).clear())
        .startsWith("__Host-notice=;")
        .endsWith("; Secure");
  }
}
