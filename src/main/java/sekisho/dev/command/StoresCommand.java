package sekisho.dev.command;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import sekisho.app.Settings;
import sekisho.app.SettingsLoader;

/** {@code sekisho stores}: the local data servers without the service. */
@Command(
    name = "stores",
    mixinStandardHelpOptions = true,
    description =
        "Start the local Redis and MariaDB, as far as no others are configured; does nothing for one that is running.")
public final class StoresCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Settings settings = SettingsLoader.load(System.getenv());
    if (settings.redis().url().isPresent() && settings.mysql().url().isPresent()) {
      PrintWriter out = spec.commandLine().getOut();
      out.println("Nothing to start: sekisho.redis.url and sekisho.mysql.url name other stores");
      out.flush();
      return 0;
    }
    LocalStores.start(settings);
    return 0;
  }
}
