package sekisho.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileDescriptorsTest {

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "64, 1",
    "256, 64",
    "1024, 448",
    "4096, 1984",
    "1048576, 1045504",
    "9223372036854775807, 2147483647"
  })
  void someFilesAreKeptForWhatIsNoConnectionOfAClient(long allowed, int connections) {
    assertThat(FileDescriptors.possible(allowed)).isEqualTo(connections);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 8",
    "256, 96",
    "1024, 384",
    "4096, 1536",
    "1048576, 2560",
    "9223372036854775807, 2560"
  })
  void someOfThemAreForConnectionsThatAreRejected(long allowed, int connections) {
    assertThat(FileDescriptors.forRejected(allowed)).isEqualTo(connections);
  }

  @Test
  void whatIsPossibleIsGranted() {
    assertThat(FileDescriptors.connectionsFor(1)).isEqualTo(1);
  }
}
