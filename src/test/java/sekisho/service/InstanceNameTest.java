package sekisho.service;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class InstanceNameTest {

  @Test
  void isTheSameAfterARestartAndAnotherOnAnotherPort() {
    assertThat(InstanceName.of(8080)).isEqualTo(InstanceName.of(8080)).matches("[!-~]+:8080").isNotEqualTo(InstanceName.of(8081));
  }

  @Test
  void isNewEachTimeWithoutAPortOfItsOwn() {
    assertThat(InstanceName.of(0)).isNotEqualTo(InstanceName.of(0)).hasSizeLessThan(256);
  }
}
