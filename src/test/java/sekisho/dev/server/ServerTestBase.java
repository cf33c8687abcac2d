package sekisho.dev.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import sekisho.testing.TestServers;

/** A pair of servers for each test, installed or bundled, not yet started. */
abstract class ServerTestBase {

  TestServers pair;
  LocalServers servers;

  /**
   * Where the programs come from. One of the two may be missing on a machine; the build sees to it
   * that not both are.
   */
  enum Origin {
    BUNDLED,
    INSTALLED
  }

  final void prepare(Origin origin) {
    List<Path> searchPath = origin == Origin.BUNDLED ? List.of() : TestServers.installedServers();
    if (origin == Origin.BUNDLED) {
      assumeTrue(
          Files.exists(TestServers.bundledServers().resolve("mariadb/bin/mariadbd"))
              && Files.exists(TestServers.bundledServers().resolve("redis/redis-server")),
          "no bundled servers below " + TestServers.bundledServers());
    } else {
      assumeTrue(
          has(searchPath, "redis-server", "valkey-server") && has(searchPath, "mariadbd", "mysqld"),
          "no installed servers; name their directories with -Dsekisho.servers.path=…:…");
    }
    pair = TestServers.prepare(searchPath);
    servers = pair.servers();
  }

  final void prepareAny() {
    pair = TestServers.prepare(TestServers.installedServers());
    servers = pair.servers();
  }

  @AfterEach
  void close() {
    if (pair != null) {
      pair.close();
      assertThat(pair.directory()).doesNotExist();
    }
  }

  private static boolean has(List<Path> searchPath, String... names) {
    return searchPath.stream()
        .anyMatch(
            directory -> Stream.of(names).anyMatch(name -> Files.exists(directory.resolve(name))));
  }
}
