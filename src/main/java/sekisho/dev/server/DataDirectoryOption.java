package sekisho.dev.server;

import java.nio.file.Path;
import picocli.CommandLine.Option;
import sekisho.app.SettingsLoader;

/** The option that says where the local servers keep their data. */
public final class DataDirectoryOption {

  @Option(
      names = "--data",
      paramLabel = "DIRECTORY",
      description = "The data directory (default: that of the service).")
  private Path directory;

  public Path directory() {
    return directory == null ? SettingsLoader.load(System.getenv()).dataDirectory() : directory;
  }
}
