package sekisho.dev.seed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetFilesTest {

  private static final List<String> NAMES = List.of("a.tsv", "b.tsv");

  /** SHA-256 of "1\n2\n3\n". */
  private static final String CHECKSUM =
      "14c5e74c4b96ccef41cd94db73a9ec3348038ac094feca4fd897cecffa07cdae";

  @TempDir private Path directory;

  @Test
  void filesAreCompleteOnlyWithAllOfThemAndTheRightMarker() throws IOException {
    DatasetFiles files = new DatasetFiles(directory.resolve("new"), NAMES, CHECKSUM);
    assertThat(files.areComplete()).isFalse();
    write(files);
    assertThat(files.areComplete()).isTrue();
    assertThat(directory.resolve("new/a.tsv")).hasContent("1\n2\n");
    assertThat(directory.resolve("new/b.tsv")).hasContent("3\n");
    try (Stream<Path> all = Files.list(directory.resolve("new"))) {
      assertThat(all.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("a.tsv", "b.tsv", DatasetFiles.MARKER);
    }
    DatasetFiles otherVersion = new DatasetFiles(directory.resolve("new"), NAMES, "another");
    assertThat(otherVersion.areComplete()).isFalse();
  }

  @Test
  void brokenFilesAreNoticedAndMadeAnew() throws IOException {
    DatasetFiles files = new DatasetFiles(directory, NAMES, CHECKSUM);
    write(files);
    Files.writeString(directory.resolve("b.tsv"), "cut");
    assertThat(files.areComplete()).isFalse();
    write(files);
    assertThat(files.areComplete()).isTrue();
    Files.delete(directory.resolve("a.tsv"));
    assertThat(files.areComplete()).isFalse();
    write(files);
    Files.writeString(directory.resolve(DatasetFiles.MARKER), CHECKSUM + "\n");
    assertThat(files.areComplete()).isFalse();
  }

  @Test
  void dataWithAnotherChecksumAreNotWritten() throws IOException {
    DatasetFiles files = new DatasetFiles(directory, NAMES, CHECKSUM);
    assertThatThrownBy(() -> files.write(List.of(Stream.of("1", "2"), Stream.of("4"))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(CHECKSUM);
    try (Stream<Path> all = Files.list(directory)) {
      assertThat(all).isEmpty();
    }
  }

  private static void write(DatasetFiles files) throws IOException {
    files.write(List.of(Stream.of("1", "2"), Stream.of("3")));
  }
}
