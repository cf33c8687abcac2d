package sekisho.dev.command;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import sekisho.dev.server.DataDirectoryOption;
import sekisho.dev.server.LocalServerException;
import sekisho.dev.server.LocalServers;
import sekisho.dev.server.ServerSettings;

/** {@code sekisho stop}: ends the local data servers. */
@Command(
    name = "stop",
    description = "Stop the local Redis and MariaDB; their data stay.",
    mixinStandardHelpOptions = true)
public final class StopCommand implements Callable<Integer> {

  @Mixin private DataDirectoryOption data;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Path directory = data.directory();
    try {
      LocalServers servers =
          new LocalServers(
              ServerSettings.of(directory, Path.of(""))
                  .withProgress(
                      line -> {
                        spec.commandLine().getOut().println(line);
                        spec.commandLine().getOut().flush();
                      }));
      if (!servers.redis().isRunning() && !servers.mariaDb().isRunning()) {
        spec.commandLine().getOut().println("No local server is running on " + directory);
        return 0;
      }
      servers.stop();
      return 0;
    } catch (LocalServerException e) {
      spec.commandLine().getErr().println("sekisho: " + e.getMessage());
      return 1;
    }
  }
}
