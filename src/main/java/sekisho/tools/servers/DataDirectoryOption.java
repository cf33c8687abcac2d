package sekisho.tools.servers;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option that says where the local servers keep their data. */
final class DataDirectoryOption {

  @Option(names = "--data", defaultValue = "${env:SEKISHO_DATA_DIR:-var}", paramLabel = "DIRECTORY",
      description = "The data directory (default: $SEKISHO_DATA_DIR, else var).")
  private Path directory;

  Path directory() {
    return directory;
  }
}
