package sekisho.command;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import sekisho.app.Service;
import sekisho.app.Settings;
import sekisho.app.SettingsLoader;
import sekisho.app.UncaughtErrors;

/** {@code sekisho serve}: the service on stores that are configured and set up. */
@Command(
    name = "serve",
    description = "Serve on the configured Redis and MySQL.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nSettings:%n",
    footer = ServeCommand.SETTINGS)
public final class ServeCommand implements Callable<Integer> {

  /** Where settings come from, for the help of commands that serve. */
  public static final String SETTINGS =
      """
        Those of the file that SEKISHO_CONFIG names, else conf/sekisho.properties; it
        lists all with a line each. A variable SEKISHO_NAME overrides sekisho.name:
        SEKISHO_HTTP_PORT (8080), SEKISHO_MANAGEMENT_PORT (8081), SEKISHO_REDIS_URL,
        SEKISHO_MYSQL_URL, SEKISHO_DATA_DIR (var). `sekisho config` prints those in
        force.""";

  private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

  @Override
  public Integer call() throws InterruptedException {
    Settings settings = SettingsLoader.load(System.getenv());
    return serve(StoreAccess.configured(settings, "serve").settings());
  }

  /** Serves until SIGTERM or SIGINT. */
  public static int serve(Settings settings) throws InterruptedException {
    UncaughtErrors.handleThoseOfThreads();
    Service service = Service.start(settings);
    Duration limit = settings.shutdown().timeout();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(service, limit), "shutdown"));
    new CountDownLatch(1).await();
    return 0;
  }

  private static void end(Service service, Duration limit) {
    LOG.info("ending: requests in flight are finished");
    Thread closing = new Thread(service::close, "closing");
    closing.start();
    try {
      closing.join(limit.toMillis());
    } catch (InterruptedException e) {
      // Nobody interrupts a shutdown hook; ending is all that is left to do.
    }
    LOG.info(closing.isAlive() ? "ended, though something in flight did not" : "ended");
    // A JVM that ends by a signal would report the signal; this end was asked for and went well.
    Runtime.getRuntime().halt(0);
  }
}
