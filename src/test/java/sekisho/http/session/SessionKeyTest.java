package sekisho.http.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SessionKeyTest {

  private static final String HEX =
      "00112233445566778899aabbccddeeff00112233445566778899aabbccddeefe";

  @Property
  void readsEverySpellingOfAKey(@ForAll @Size(min = 32, max = 80) byte[] bytes) {
    String hex = HexFormat.of().formatHex(bytes);
    String standard = Base64.getEncoder().encodeToString(bytes);
    String urlSafe = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);

    assertThat(List.of(hex, hex.toUpperCase(), "  " + hex + "\n", standard, urlSafe))
        .allSatisfy(text -> assertThat(SessionKey.parse(text).toHex()).isEqualTo(hex));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | a session key needs at least 32 bytes; this one has 0; make one with: openssl rand -hex 32",
        "00112233445566778899aabbccddeeff00112233445566778899aabbccddee | a session key needs at least 32 bytes; "
            + "this one has 31; make one with: openssl rand -hex 32",
        "c2VjcmV0IQ== | a session key needs at least 32 bytes; this one has 7; make one with: openssl rand -hex 32",
        "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff0 | a session key has an odd number of "
            + "hexadecimal digits",
        "correct horse battery staple correct horse | a session key is neither hexadecimal nor Base64; "
            + "make one with: openssl rand -hex 32",
      })
  void tellsWhatIsWrongWithoutTheKey(String text, String message) {
    assertThatThrownBy(() -> SessionKey.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message)
        .hasNoCause();
  }

  @Test
  void readsLists() {
    List<SessionKey> keys = SessionKey.parseList(HEX + " , " + HEX.replace('f', '0'));

    assertThat(keys).extracting(SessionKey::toHex).containsExactly(HEX, HEX.replace('f', '0'));
    assertThat(SessionKey.parseList(HEX)).hasSize(1);
  }

  @Test
  void namesThePlaceOfTheBadKeyInAList() {
    assertThatThrownBy(() -> SessionKey.parseList(HEX + ","))
        .hasMessageStartingWith("key 2 of 2: a session key needs");
    assertThatThrownBy(() -> SessionKey.parseList("abc"))
        .hasMessageStartingWith("a session key has an odd number");
  }

  @Test
  void makesAnotherKeyEachTime() {
    assertThat(SessionKey.random().toHex()).hasSize(64).isNotEqualTo(SessionKey.random().toHex());
  }

  @Test
  void neverShowsItself() {
    assertThat(SessionKey.parse(HEX)).hasToString("SessionKey[hidden]");
  }
}
