package sekisho.dev.command;

import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import sekisho.app.Settings;
import sekisho.app.StartException;
import sekisho.app.Stores;
import sekisho.command.StoreAccess;
import sekisho.dev.server.LocalServers;
import sekisho.dev.server.ServerSettings;

/**
 * The data servers of this machine, for each store that has no URL in the settings.
 *
 * @param settings the settings with both URLs filled in
 * @param servers the local servers, of which those without a configured URL are running
 * @param redisIsLocal whether Redis is the local one
 */
public record LocalStores(Settings settings, LocalServers servers, boolean redisIsLocal)
    implements StoreAccess {

  private static final Path BUNDLED =
      Path.of(System.getProperty("sekisho.servers.directory", "var/servers"));

  /**
   * Starts the local servers that are needed and not running, and makes their data where there are
   * none.
   */
  static LocalStores start(Settings configured) {
    LocalServers servers = servers(configured);
    Optional<String> redis = configured.redis().url();
    Optional<String> mysql = configured.mysql().url();
    if (redis.isEmpty() && mysql.isEmpty()) {
      servers.start();
    } else if (redis.isEmpty()) {
      servers.redis().start();
    } else if (mysql.isEmpty()) {
      servers.mariaDb().start();
    }
    return of(configured, servers);
  }

  /**
   * Starts the local servers that are needed and not running, unless there is no history: nothing
   * is made but an empty Redis.
   *
   * @throws StartException when there are no data of MariaDB
   */
  public static LocalStores startExisting(Settings configured) {
    LocalServers servers = servers(configured);
    if (configured.mysql().url().isEmpty() && !servers.mariaDb().hasData()) {
      throw nothingIn(configured);
    }
    return start(configured);
  }

  /**
   * Takes the local servers as they are; starts and makes nothing.
   *
   * @throws StartException when one that is needed is not running
   */
  public static LocalStores running(Settings configured) {
    LocalServers servers = servers(configured);
    List<String> stopped = new ArrayList<>();
    if (configured.redis().url().isEmpty() && !servers.redis().isRunning()) {
      stopped.add("Redis");
    }
    if (configured.mysql().url().isEmpty() && !servers.mariaDb().isRunning()) {
      if (!servers.mariaDb().hasData()) {
        throw nothingIn(configured);
      }
      stopped.add("MariaDB");
    }
    if (!stopped.isEmpty()) {
      throw new StartException(
          "the local "
              + String.join(" and ", stopped)
              + " of "
              + configured.dataDirectory()
              + (stopped.size() > 1 ? " are" : " is")
              + " not running: `make stores` starts what is missing");
    }
    return of(configured, servers);
  }

  private static StartException nothingIn(Settings configured) {
    return new StartException(
        "there are no local stores in "
            + configured.dataDirectory()
            + " yet, so there is nothing to look"
            + " at: `make run` makes them, or set SEKISHO_REDIS_URL and SEKISHO_MYSQL_URL");
  }

  private static LocalServers servers(Settings configured) {
    return new LocalServers(
        ServerSettings.of(configured.dataDirectory(), BUNDLED)
            .withSlowStatements(configured.mysql().localSlowLog())
            .withProgress(System.out::println));
  }

  private static LocalStores of(Settings configured, LocalServers servers) {
    Optional<String> redis = configured.redis().url();
    Optional<String> mysql = configured.mysql().url();
    return new LocalStores(
        configured.withStores(
            redis.orElseGet(servers.redis()::url), mysql.orElseGet(servers.mariaDb()::url)),
        servers,
        redis.isEmpty());
  }

  /**
   * Checks that both stores can be reached. Another process that puts data into the local Redis
   * ends it on the way: then the next one is tried.
   *
   * @param vertx runs the connections
   * @throws StartException when one can't be reached, in one line that says why
   */
  @Override
  public void requireReachable(Vertx vertx) {
    OptionalLong tried = servers.redis().pid();
    try {
      Stores.requireReachable(vertx, settings);
    } catch (StartException e) {
      if (redisIsLocal) {
        servers.redis().start();
      }
      if (!redisIsLocal || servers.redis().pid().equals(tried)) {
        throw e;
      }
      requireReachable(vertx);
    }
  }
}
