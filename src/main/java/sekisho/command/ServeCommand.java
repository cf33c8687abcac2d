package sekisho.command;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import sekisho.config.Settings;
import sekisho.config.SettingsLoader;
import sekisho.service.Service;
import sekisho.service.StartException;

/** {@code sekisho serve}: the service on stores that are configured and set up. */
@Command(name = "serve", description = "Serve on the configured Redis and MySQL.", mixinStandardHelpOptions = true)
public final class ServeCommand implements Callable<Integer> {

  private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

  @Override
  public Integer call() throws InterruptedException {
    Settings settings = SettingsLoader.load(System.getenv());
    if (settings.redis().url().isEmpty() || settings.mysql().url().isEmpty()) {
      throw new StartException("serve needs SEKISHO_REDIS_URL and SEKISHO_MYSQL_URL; `make run` starts local servers instead");
    }
    return serve(settings);
  }

  /** Serves until the process is told to end. */
  static int serve(Settings settings) throws InterruptedException {
    Service service = Service.start(settings);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(service), "shutdown"));
    new CountDownLatch(1).await();
    return 0;
  }

  private static void end(Service service) {
    LOG.info("ending: requests in flight are finished");
    service.close();
    LOG.info("ended");
    // A JVM that ends by a signal would report the signal; this end was asked for and went well.
    Runtime.getRuntime().halt(0);
  }
}
