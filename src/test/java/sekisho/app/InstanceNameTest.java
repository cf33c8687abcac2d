package sekisho.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstanceNameTest {

  @Test
  void isTheSameAfterARestartAndAnotherAtAnotherAddress() {
    assertThat(InstanceName.of("127.0.0.1", 8080))
        .isEqualTo(InstanceName.of("127.0.0.1", 8080))
        .matches("[!-~]+/127[.]0[.]0[.]1:8080")
        .isNotEqualTo(InstanceName.of("127.0.0.1", 8081))
        .isNotEqualTo(InstanceName.of("127.0.0.2", 8080));
  }

  @Test
  void isNewEachTimeWithoutAPortOfItsOwn() {
    assertThat(InstanceName.of("0.0.0.0", 0))
        .isNotEqualTo(InstanceName.of("0.0.0.0", 0))
        .hasSizeLessThan(256);
  }

  @Test
  void ofASocketAloneIsItsRealPath(@TempDir Path directory) throws IOException {
    Path link =
        Files.createSymbolicLink(
            directory.resolve("link"), Files.createDirectory(directory.resolve("real")));
    assertThat(InstanceName.of(link.resolve("s")))
        .isEqualTo(InstanceName.of(directory.resolve("real/s")))
        .endsWith("/unix:" + directory.toRealPath() + "/real/s")
        .isNotEqualTo(InstanceName.of(directory.resolve("real/t")));
  }
}
