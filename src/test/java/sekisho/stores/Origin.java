package sekisho.stores;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import sekisho.testing.TestServers;

/** Where the program of a MariaDB comes from; a machine may lack one of the two. */
enum Origin {
  /** A directory of the PATH. */
  INSTALLED,
  /** The build. */
  FETCHED;

  /** Where an installed server is looked for, as {@link TestServers#prepare} takes it. */
  List<Path> searchPath() {
    return this == INSTALLED ? TestServers.installedServers() : List.of();
  }

  /** Whether this machine has it. */
  boolean isPresent() {
    return this == FETCHED
        ? Files.exists(TestServers.bundledServers().resolve("mariadb/bin/mariadbd"))
        : searchPath().stream()
            .anyMatch(directory -> Files.isExecutable(directory.resolve("mariadbd")));
  }

  /** For a message. */
  String place() {
    return this == FETCHED ? "below " + TestServers.bundledServers() : "(mariadbd) on the PATH";
  }
}
