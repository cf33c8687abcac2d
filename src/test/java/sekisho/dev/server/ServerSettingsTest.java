package sekisho.dev.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sekisho.testing.FileNames;

class ServerSettingsTest {

  @TempDir private Path directory;

  @Test
  void aSocketPathThatTheSystemCannotHoldIsRefusedInOneLine() {
    LocalServers servers = new LocalServers(directory.resolve("x".repeat(120)), directory);
    assertThatThrownBy(() -> servers.redis().start())
        .isInstanceOf(LocalServerException.class)
        .hasMessageContaining("redis.sock")
        .hasMessageContaining("107")
        .hasMessageContaining("SEKISHO_DATA_DIR")
        .hasMessageNotContaining("\n");
    assertThatThrownBy(() -> servers.mariaDb().start()).hasMessageContaining("mariadb.sock");
  }

  @Test
  void aMissingServerIsNamedWithWhatToDo() {
    LocalServers servers =
        new LocalServers(ServerSettings.of(directory, directory).withSearchPath(List.of()));
    assertThatThrownBy(() -> servers.redis().start())
        .isInstanceOf(LocalServerException.class)
        .hasMessageContaining("install redis-server or valkey-server")
        .hasMessageContaining("SEKISHO_REDIS_URL");
    assertThatThrownBy(() -> servers.mariaDb().start())
        .isInstanceOf(LocalServerException.class)
        .hasMessageContaining("install mariadbd or mysqld")
        .hasMessageContaining("SEKISHO_MYSQL_URL");
  }

  @Test
  void stoppingWhatNeverRanDoesNothing() {
    new LocalServers(directory.resolve("absent"), directory).stop();
    assertThat(directory.resolve("absent")).doesNotExist();
  }

  @Test
  void installedProgramsComeBeforeBundledOnesAndByOrderOfNames() throws Exception {
    Path installed = Files.createDirectories(directory.resolve("sbin"));
    Path bundled = Files.createDirectories(directory.resolve("servers/redis"));
    Files.createFile(bundled.resolve("redis-server"));
    ServerSettings settings =
        ServerSettings.of(directory, directory.resolve("servers"))
            .withSearchPath(List.of(directory.resolve("absent"), installed));
    assertThat(findRedis(settings).origin()).isEqualTo("bundled");
    assertThat(findRedis(settings).executable()).isExecutable();
    Path valkey = Files.createFile(installed.resolve("valkey-server"));
    assertThat(findRedis(settings).origin()).as("not executable").isEqualTo("bundled");
    assertThat(valkey.toFile().setExecutable(true)).isTrue();
    assertThat(findRedis(settings).origin()).isEqualTo(valkey.toString());
  }

  @Test
  void aPasswordDoesNotShowInPrint() {
    assertThat(
            new Endpoints("unix:///r", "mysql://sekisho:secret@localhost/sekisho?socket=/m")
                .toString())
        .contains("unix:///r")
        .doesNotContain("secret");
  }

  @Test
  void pathsAreEncodedForUrls() {
    assertThat(UrlText.path(Path.of("/a b/c+d&e=f%"))).isEqualTo("/a%20b/c%2Bd%26e%3Df%25");
    FileNames.assumeAnyLetter();
    assertThat(UrlText.path(Path.of("/a b/c+d&e=f%/é")))
        .isEqualTo("/a%20b/c%2Bd%26e%3Df%25/%C3%A9");
  }

  @Test
  void theTellingLineOfALogIsFound() {
    assertThat(
            LogLine.mostTelling(List.of("[Note] hello", "[ERROR] the reason", "[ERROR] Aborting")))
        .hasValue("[ERROR] the reason");
    assertThat(
            LogLine.mostTelling(
                List.of("1:C # oO0O starting", "1:M # Bad file format", "1:M # WARNING Memory")))
        .hasValue("1:M # Bad file format");
    assertThat(LogLine.mostTelling(List.of("only this "))).hasValue("only this");
    assertThat(LogLine.mostTelling(List.of())).isEmpty();
  }

  private static ServerProgram findRedis(ServerSettings settings) {
    return ServerProgram.find(
        settings, "Redis", List.of("redis-server", "valkey-server"), "redis/redis-server", "URL");
  }
}
