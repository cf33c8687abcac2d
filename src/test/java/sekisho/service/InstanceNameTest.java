package sekisho.service;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class InstanceNameTest {

  @Test
  void isTheSameAfterARestartAndAnotherAtAnotherAddress() {
    assertThat(InstanceName.of("127.0.0.1", 8080)).isEqualTo(InstanceName.of("127.0.0.1", 8080))
        .matches("[!-~]+/127[.]0[.]0[.]1:8080")
        .isNotEqualTo(InstanceName.of("127.0.0.1", 8081)).isNotEqualTo(InstanceName.of("127.0.0.2", 8080));
  }

  @Test
  void isNewEachTimeWithoutAPortOfItsOwn() {
    assertThat(InstanceName.of("0.0.0.0", 0)).isNotEqualTo(InstanceName.of("0.0.0.0", 0)).hasSizeLessThan(256);
  }
}
