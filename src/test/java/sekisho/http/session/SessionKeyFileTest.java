package sekisho.http.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionKeyFileTest {

  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void nameFile() {
    file = directory.resolve("session.key");
  }

  @Test
  void makesAFileForItsOwnerAloneAndReusesIt() throws IOException {
    SessionKey key = SessionKeyFile.loadOrCreate(file);

    assertThat(Files.readString(file)).isEqualTo(key.toHex() + "\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(SessionKeyFile.loadOrCreate(file).toHex()).isEqualTo(key.toHex());
    assertThat(filesInDirectory()).containsExactly(file);
  }

  @Test
  void givesEveryoneTheSameKeyHoweverManyStartAtOnce() throws Exception {
    int starters = 8;
    ExecutorService executor = Executors.newFixedThreadPool(starters);
    try {
      CyclicBarrier barrier = new CyclicBarrier(starters);
      Callable<String> start =
          () -> {
            barrier.await();
            return SessionKeyFile.loadOrCreate(file).toHex();
          };
      List<Future<String>> futures = new ArrayList<>();
      for (int i = 0; i < starters; i++) {
        futures.add(executor.submit(start));
      }
      Set<String> keys = new HashSet<>();
      for (Future<String> future : futures) {
        keys.add(future.get());
      }
      assertThat(keys).hasSize(1);
      assertThat(filesInDirectory()).containsExactly(file);
    } finally {
      executor.shutdownNow();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "abcd", "not a key at all", "\u0000\u0001\u0002ÿ"})
  void refusesAMalformedFileAndLeavesIt(String content) throws IOException {
    write(content, "rw-------");

    assertThatThrownBy(() -> SessionKeyFile.loadOrCreate(file))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(
            "session key file " + file + " is malformed; remove it to have a new key made")
        .hasMessageNotContaining("\n");
    assertThat(Files.readString(file)).isEqualTo(content);
  }

  @Test
  void refusesAHugeFile() throws IOException {
    write("00".repeat(1000), "rw-------");

    assertThatThrownBy(() -> SessionKeyFile.loadOrCreate(file))
        .hasMessage("session key file " + file + " is too big; remove it to have a new key made");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rwx------"})
  void refusesAFileThatOthersMayUse(String permissions) throws IOException {
    write("00".repeat(32), permissions);

    assertThatThrownBy(() -> SessionKeyFile.loadOrCreate(file))
        .hasMessageContaining("session key file " + file)
        .hasMessageContaining("chmod 600 " + file);
  }

  @Test
  void takesAFileThatTheOwnerMayOnlyRead() throws IOException {
    write("00".repeat(32), "r--------");

    assertThat(SessionKeyFile.loadOrCreate(file).toHex()).isEqualTo("00".repeat(32));
  }

  @Test
  void namesTheFileThatCannotBeMade() {
    Path unreachable = directory.resolve("missing").resolve("session.key");

    assertThatThrownBy(() -> SessionKeyFile.loadOrCreate(unreachable))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(unreachable.toString());
  }

  @Test
  void namesTheFileThatCannotBeRead() throws IOException {
    Files.createSymbolicLink(file, directory.resolve("missing"));

    assertThatThrownBy(() -> SessionKeyFile.loadOrCreate(file))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("cannot read session key file " + file + ": ");
  }

  private void write(String content, String permissions) throws IOException {
    Files.writeString(file, content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  private List<Path> filesInDirectory() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }
}
