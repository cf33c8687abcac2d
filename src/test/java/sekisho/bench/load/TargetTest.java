package sekisho.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1:8080,127.0.0.1,8080",
    "http://127.3.4.5/,127.3.4.5,80",
    "http://[::1]:9000,::1,9000"
  })
  void acceptsThisMachine(String url, String host, int port) {
    assertThat(Target.of(url, false)).isEqualTo(new Target(host, port, true));
    assertThat(Target.of(Target.of(url, false).toString(), false))
        .isEqualTo(new Target(host, port, true));
  }

  @Test
  void refusesOtherMachinesUnlessAllowed() {
    assertThatThrownBy(() -> Target.of("http://192.0.2.1:8080", false))
        .isInstanceOf(EnvironmentException.class)
        .hasMessageContaining("--allow-remote");
    assertThat(Target.of("http://192.0.2.1:8080", true))
        .isEqualTo(new Target("192.0.2.1", 8080, false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://127.0.0.1",
        "127.0.0.1:8080",
        "http://127.0.0.1/app",
        "http://",
        "http:// x",
        "ftp://x"
      })
  void refusesWhatIsNoServiceUrl(String url) {
    assertThatThrownBy(() -> Target.of(url, true))
        .isInstanceOf(EnvironmentException.class)
        .hasMessageContaining("URL");
  }
}
