package sekisho.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import sekisho.app.EventLoops;
import sekisho.app.Settings;
import sekisho.app.SettingsLoader;
import sekisho.app.Stores;
import sekisho.metrics.ServiceMetrics;

/** A command that works on the stores directly, beside a service that may be running. */
public abstract class StoreCommand implements Callable<Integer> {

  private static final long CLOSING_SECONDS = 5;

  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "Print the result as JSON.")
  private boolean json;

  private StoreFinder finder = StoreFinder.CONFIGURED;

  /**
   * What the command works on.
   *
   * @param settings the settings, with the URLs of both stores
   * @param stores the two stores
   * @param vertx runs their connections
   */
  protected record Workplace(Settings settings, Stores stores, Vertx vertx) {}

  @Override
  public final Integer call() throws Exception {
    StoreAccess access = access(SettingsLoader.load(System.getenv()));
    Vertx vertx = EventLoops.vertx(1);
    try (Stores stores = Stores.of(vertx, access.settings(), new ServiceMetrics())) {
      access.requireReachable(vertx);
      return run(new Workplace(access.settings(), stores, vertx));
    } finally {
      // Awaited, since a Java machine that ends waits 300 ms for threads that are in the kernel, as
      // event loops are.
      vertx.close().otherwiseEmpty().await(CLOSING_SECONDS, TimeUnit.SECONDS);
    }
  }

  final void workOn(StoreFinder stores) {
    finder = stores;
  }

  /** Finds the stores. */
  protected StoreAccess access(Settings settings) {
    return finder.find(settings, spec.qualifiedName().replaceFirst("^\\S+ ", ""), startsStores());
  }

  /** Whether local stores that are not running may be started. */
  boolean startsStores() {
    return false;
  }

  /** Does the work and returns the exit status. */
  protected abstract int run(Workplace workplace) throws Exception;

  /** Tells the operator something, at once. */
  protected final void say(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }

  /** Whether the output is to be JSON alone. */
  protected final boolean isJson() {
    return json;
  }

  /** Prints a result: as JSON where that was asked for, else as its lines. */
  protected final void print(Object result, Runnable lines) throws JsonProcessingException {
    if (json) {
      say(new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(result));
    } else {
      lines.run();
    }
  }

  /** Prints a line that begins with a name. */
  final void line(String name, String text) {
    say(String.format(Locale.ROOT, "%-9s %s", name, text));
  }
}
