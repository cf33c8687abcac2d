package sekisho.flush;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sekisho.flush.LoadDataWriter.LoadDataFile;
import sekisho.login.RecordedAttempt;

class LoadDataWriterTest {

  private static final long PACKET = 16 << 20;

  @TempDir Path directory;

  private static List<RecordedAttempt> attempts(int count, String login) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(
            id ->
                new RecordedAttempt(
                    id, Instant.EPOCH, OptionalLong.empty(), login, "192.0.2.1", false))
        .toList();
  }

  private static List<Path> in(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }

  @Test
  void filesAreForTheirOwnerOnlyAndGoneWhenClosed() throws IOException {
    Path own = directory.resolve("made").resolve("for it");
    List<LoadDataFile> files = new LoadDataWriter(own, true).write(attempts(3, "name"), PACKET);
    assertThat(files).hasSize(1).allMatch(file -> file.rows() == 3);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(own)))
        .isEqualTo("rwx------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(files.get(0).path())))
        .isEqualTo("rw-------");
    files.forEach(LoadDataFile::close);
    assertThat(in(own)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"67108864, 18000, 8388608", "1048576, 6000, 1048575", "65536, 600, 65535"})
  void noFileIsLargerThanAPacketOfTheServer(long packet, int rows, long most) throws IOException {
    List<LoadDataFile> files =
        new LoadDataWriter(directory, true).write(attempts(rows, "😀".repeat(255)), packet);
    assertThat(files.stream().mapToInt(LoadDataFile::rows).sum()).isEqualTo(rows);
    for (LoadDataFile file : files) {
      assertThat(Files.size(file.path())).isBetween(most / 4, most);
    }
    assertThat(Files.readAllLines(files.get(1).path()).get(0))
        .startsWith(files.get(0).rows() + 1 + "\t");
  }

  @Test
  void filesOfProcessesThatWereKilledAreDeleted() throws IOException {
    Path left = Files.createFile(directory.resolve("login_log-999999999-1.tsv"));
    Path mine =
        Files.createFile(
            directory.resolve("login_log-" + ProcessHandle.current().pid() + "-1.tsv"));
    Path other = Files.createFile(directory.resolve("notes.tsv"));
    new LoadDataWriter(directory, true)
        .write(attempts(1, "name"), 1 << 20)
        .forEach(LoadDataFile::close);
    assertThat(in(directory)).doesNotContain(left).contains(mine, other);
  }

  @Test
  void withoutADirectoryNothingIsLoaded() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    assertThat(new LoadDataWriter(file, true).write(attempts(3, "name"), PACKET)).isEmpty();
    assertThat(
            new LoadDataWriter(directory.resolve("back\\slash"), true)
                .write(attempts(3, "name"), PACKET))
        .isEmpty();
  }
}
