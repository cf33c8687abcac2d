package sekisho.dev.command;

import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import sekisho.app.EventLoops;
import sekisho.app.Listeners;
import sekisho.app.Settings;
import sekisho.app.SettingsLoader;
import sekisho.app.Stores;
import sekisho.command.ServeCommand;
import sekisho.metrics.ServiceMetrics;
import sekisho.mysql.Schema;

/** {@code sekisho run}: everything that it takes to serve on this machine. */
@Command(
    name = "run",
    description =
        "Serve; start local data servers where none are configured, and load the seed data into "
            + "empty stores.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nSettings:%n",
    footer = ServeCommand.SETTINGS)
public final class RunCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    Settings settings = SettingsLoader.load(System.getenv());
    Listeners.requireFree(settings);
    LocalStores local = LocalStores.start(settings);
    prepare(local, settings.mysql().url().isEmpty());
    return ServeCommand.serve(local.settings());
  }

  private void prepare(LocalStores local, boolean mysqlIsLocal) throws Exception {
    Vertx vertx = EventLoops.vertx(1);
    try (Stores stores = Stores.of(vertx, local.settings(), new ServiceMetrics())) {
      local.requireReachable(vertx);
      SeedStores seed =
          new SeedStores(
              local,
              stores,
              line -> {
                PrintWriter out = spec.commandLine().getOut();
                out.println(line);
                out.flush();
              });
      if (seed.isUnfilled()) {
        seed.fill();
      } else if (mysqlIsLocal) {
        Schema.create(stores.database());
      }
    } finally {
      vertx.close();
    }
  }
}
