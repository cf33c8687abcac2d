package sekisho.tools.servers;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sekisho start-servers}: the local data servers without the service. */
@Command(name = "start-servers",
    description = "Start the local Redis and MariaDB; does nothing for one that is running.",
    mixinStandardHelpOptions = true)
public final class StartServersCommand implements Callable<Integer> {

  @Mixin
  private DataDirectoryOption data;

  @Option(names = "--bundled", defaultValue = "var/servers", paramLabel = "DIRECTORY",
      description = "Where server programs were unpacked that are not on the PATH (default: ${DEFAULT-VALUE}).")
  private Path bundled;

  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() {
    try {
      new LocalServers(ServerSettings.of(data.directory(), bundled).withProgress(line -> {
        spec.commandLine().getOut().println(line);
        spec.commandLine().getOut().flush();
      })).start();
      return 0;
    } catch (LocalServerException e) {
      spec.commandLine().getErr().println("sekisho: " + e.getMessage());
      return 1;
    }
  }
}
