package sekisho.http.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SocketFileTest {

  private static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("rw-rw----");

  @TempDir Path directory;
  private Path path;
  private SocketFile open;

  @BeforeEach
  void choose() {
    path = directory.resolve("http.sock");
  }

  @AfterEach
  void close() throws IOException {
    if (open != null) {
      end(open);
    }
  }

  private SocketFile open() {
    return SocketFile.open(new UnixSocket(path, MODE));
  }

  private static void end(SocketFile socket) throws IOException {
    socket.close();
    new Socket(socket.descriptor()).close();
  }

  private boolean isServed() {
    try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      return client.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private void leaveStale() throws IOException {
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(path));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-rw----", "rw-------", "rwxrwxrwx", "---------"})
  void listensWithTheModeThatIsSetAndRemovesItsFile(String mode) throws IOException {
    SocketFile socket =
        SocketFile.open(new UnixSocket(path, PosixFilePermissions.fromString(mode)));
    assertThat(Files.getPosixFilePermissions(path))
        .isEqualTo(PosixFilePermissions.fromString(mode));
    // Without that right, root alone may connect.
    if (Files.isWritable(path)) {
      assertThat(isServed()).isTrue();
    }
    end(socket);
    assertThat(directory).isDirectoryNotContaining("glob:**.sock");
  }

  @Test
  void replacesAStaleFileAndNothingElse() throws IOException {
    leaveStale();
    open = open();
    assertThat(isServed()).isTrue();
    assertThatThrownBy(this::open)
        .isInstanceOf(ListenException.class)
        .hasMessage(
            "cannot listen on "
                + path
                + " (sekisho.http.socket): another process does; end it, or set"
                + " sekisho.http.socket to another path");
    assertThat(isServed()).isTrue();
    assertThat(Files.list(directory))
        .containsExactlyInAnyOrder(path, path.resolveSibling(".http.sock.lock"));
  }

  @Test
  void leavesWhatIsNoSocketAlone() throws IOException {
    Files.writeString(path, "precious");
    assertThatThrownBy(this::open)
        .isInstanceOf(ListenException.class)
        .hasMessageContaining("no socket");
    assertThat(path).hasContent("precious");
    Files.delete(path);
    Files.createDirectory(path);
    assertThatThrownBy(this::open)
        .isInstanceOf(ListenException.class)
        .hasMessageContaining("no socket");
    Files.delete(path);
    Files.createSymbolicLink(path, directory.resolve("elsewhere"));
    assertThatThrownBy(this::open)
        .isInstanceOf(ListenException.class)
        .hasMessageContaining("no socket");
  }

  @Test
  void namesTheDirectoryThatIsMissing() {
    path = directory.resolve("missing/http.sock");
    assertThatThrownBy(this::open)
        .isInstanceOf(ListenException.class)
        .hasMessageContaining("there is no directory ");
  }

  @Test
  void leavesTheFileOfAnotherProcessAtTheEnd() throws IOException {
    SocketFile first = open();
    Files.delete(path);
    open = open();
    end(first);
    assertThat(isServed()).isTrue();
  }

  @Test
  void ofTwoStartsAtOnceOneGetsIt() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      for (int i = 0; i < 10; i++) {
        leaveStale();
        CyclicBarrier start = new CyclicBarrier(4);
        Callable<SocketFile> race =
            () -> {
              start.await();
              return open();
            };
        List<SocketFile> winners =
            threads.invokeAll(List.of(race, race, race, race)).stream()
                .flatMap(SocketFileTest::winner)
                .toList();
        assertThat(winners).hasSize(1);
        assertThat(isServed()).isTrue();
        end(winners.get(0));
        assertThat(directory).isDirectoryNotContaining("glob:**.sock");
      }
    } finally {
      threads.shutdown();
    }
  }

  private static Stream<SocketFile> winner(Future<SocketFile> start) {
    try {
      return Stream.of(start.get());
    } catch (ExecutionException e) {
      assertThat(e.getCause())
          .isInstanceOf(ListenException.class)
          .hasMessageContaining("another process does");
      return Stream.empty();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
