package sekisho.http.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServiceCookieTest {

  private final ServiceCookie cookie = new ServiceCookie("sid", Duration.ofHours(1), false);

  @Test
  void setsAndClears() {
    assertThat(cookie.set("abc"))
        .isEqualTo("sid=abc; Max-Age=3600; Path=/; HttpOnly; SameSite=Lax");
    assertThat(cookie.clear()).isEqualTo("sid=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax");
  }

  @Test
  void bindsASecureCookieToItsHost() {
    ServiceCookie secure = new ServiceCookie("sid", Duration.ofHours(1), true);

    assertThat(secure.set("abc"))
        .isEqualTo("__Host-sid=abc; Max-Age=3600; Path=/; HttpOnly; SameSite=Lax; Secure");
    assertThat(secure.clear())
        .isEqualTo("__Host-sid=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure");
    assertThat(secure.read(List.of("sid=a; __Host-sid=b; __host-sid=c; __Secure-sid=d")))
        .containsExactly("b");
    assertThat(cookie.read(List.of("__Host-sid=a; sid=b"))).containsExactly("b");
  }

  @Test
  void needsALifetime() {
    assertThatThrownBy(() -> new ServiceCookie("sid", Duration.ofMillis(999), false))
        .hasMessage("cookie sid needs a lifetime of at least one second");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "sid=abc                     | abc",
        "a=1; sid=abc; b=2           | abc",
        "a=1;sid=abc;b=2             | abc",
        "' ;; \t sid=abc \t ; '      | abc",
        "sid=                        | ''",
        "sid=;                       | ''",
        "sid=a=b==                   | a=b==",
        "sid=\"abc\"                 | abc",
        "sid= \"abc\" ; x=1          | abc",
        "sid=\"\"                    | ''",
        "sid=\"                      | \"",
        "sid=\"abc                   | \"abc",
        "sid=abc\"                   | abc\"",
        "sid=\"\"abc\"\"             | \"abc\"",
        "$Version=1; sid=\"abc\"; $Path=\"/\" | abc",
        "sid=first; sid=second       | first,second",
        "sid=; sid=second            | ,second",
        "=x; sid=abc; =              | abc",
        "xsid=no; sid=yes            | yes",
        "x=sid=no; sid=yes           | yes",
        "sidx=no                     | -",
        "SID=no                      | -",
        "sid                         | -",
        "sid; x=1                    | -",
        "sid =no                     | -",
        "x=1                         | -",
        "x=1; si                     | -",
        "''                          | -",
        ";                           | -",
      })
  void findsItselfByExactName(String line, String values) {
    assertThat(cookie.read(List.of(line)))
        .isEqualTo(values == null ? List.of() : List.of(values.split(",", -1)));
  }

  @Test
  void looksThroughAllLines() {
    assertThat(cookie.read(List.of())).isEmpty();
    assertThat(cookie.read(List.of("a=1", "sid=x; sid=y", "sid=z"))).containsExactly("x", "y", "z");
    assertThat(cookie.read(List.of("a=1; ".repeat(1600) + "sid=x"))).containsExactly("x");
  }

  @Property
  void readsAnyLine(@ForAll String line) {
    cookie.read(List.of(line));

    assertThat(cookie.read(List.of(line.replace("sid", "") + "; sid=abc"))).containsExactly("abc");
  }
}
