package sekisho.login;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class LastLoginsTest {

  private static final Success FIRST = new Success(Instant.ofEpochMilli(1), "192.0.2.1");
  private static final Success SECOND = new Success(Instant.ofEpochMilli(2), "192.0.2.2");
  private static final Success THIRD = new Success(Instant.ofEpochMilli(3), "192.0.2.3");

  @Test
  void theOnlyLoginIsShown() {
    assertThat(LastLogins.first(FIRST).shown()).isEqualTo(FIRST);
  }

  @Test
  void theLoginBeforeTheNewestIsShown() {
    assertThat(LastLogins.first(FIRST).then(SECOND).shown()).isEqualTo(FIRST);
    assertThat(LastLogins.first(FIRST).then(SECOND).then(THIRD).shown()).isEqualTo(SECOND);
  }
}
