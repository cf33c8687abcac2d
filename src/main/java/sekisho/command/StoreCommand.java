package sekisho.command;

import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import sekisho.config.Settings;
import sekisho.config.SettingsLoader;
import sekisho.metrics.ServiceMetrics;
import sekisho.service.EventLoops;
import sekisho.service.Stores;

/** A command that works on the stores directly, beside a service that may be running. */
abstract class StoreCommand implements Callable<Integer> {

  private static final long CLOSING_SECONDS = 5;

  @Spec private CommandSpec spec;

  /**
   * What the command works on.
   *
   * @param local the settings with all URLs, and the local servers
   * @param stores the two stores
   * @param vertx runs their connections
   */
  record Workplace(LocalStores local, Stores stores, Vertx vertx) {}

  @Override
  public final Integer call() throws Exception {
    LocalStores local = reach(SettingsLoader.load(System.getenv()));
    Vertx vertx = EventLoops.vertx(1);
    try (Stores stores = Stores.of(vertx, local.settings(), new ServiceMetrics())) {
      local.requireReachable(vertx);
      return run(new Workplace(local, stores, vertx));
    } finally {
      // Awaited, since a Java machine that ends waits 300 ms for threads that are in the kernel, as
      // event loops are.
      vertx.close().otherwiseEmpty().await(CLOSING_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** Finds or starts the stores. */
  abstract LocalStores reach(Settings settings);

  /** Does the work and returns the exit status. */
  abstract int run(Workplace workplace) throws Exception;

  /** Tells the operator something, at once. */
  final void say(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }
}
