package sekisho.tools.servers;

import java.nio.file.Path;
import picocli.CommandLine.Option;
import sekisho.config.SettingsLoader;

/** The option that says where the local servers keep their data. */
final class DataDirectoryOption {

  @Option(
      names = "--data",
      paramLabel = "DIRECTORY",
      description = "The data directory (default: that of the service).")
  private Path directory;

  Path directory() {
    return directory == null ? SettingsLoader.load(System.getenv()).dataDirectory() : directory;
  }
}
