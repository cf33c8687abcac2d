package sekisho.command;

import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import sekisho.config.Settings;
import sekisho.service.StartException;
import sekisho.service.Stores;
import sekisho.tools.servers.LocalServers;
import sekisho.tools.servers.ServerSettings;

/**
 * The data servers of this machine, for each store that has no URL in the settings.
 *
 * @param settings the settings with both URLs filled in
 * @param servers the local servers, of which those without a configured URL are running
 * @param redisIsLocal whether Redis is the local one
 */
record LocalStores(Settings settings, LocalServers servers, boolean redisIsLocal) {

  private static final Path BUNDLED = Path.of(System.getProperty("sekisho.servers.directory", "var/servers"));

  /** Starts the local servers that are needed and not running. */
  static LocalStores reach(Settings configured) {
    LocalServers servers = new LocalServers(
        ServerSettings.of(configured.dataDirectory(), BUNDLED).withProgress(System.out::println));
    Optional<String> redis = configured.redis().url();
    Optional<String> mysql = configured.mysql().url();
    if (redis.isEmpty() && mysql.isEmpty()) {
      servers.start();
    } else if (redis.isEmpty()) {
      servers.redis().start();
    } else if (mysql.isEmpty()) {
      servers.mariaDb().start();
    }
    return new LocalStores(
        configured.withStores(redis.orElseGet(servers.redis()::url), mysql.orElseGet(servers.mariaDb()::url)),
        servers, redis.isEmpty());
  }

  /**
   * Checks that both stores can be reached. Another process that puts data into the local Redis ends it on the way: then the
   * next one is tried.
   *
   * @param vertx runs the connections
   * @throws StartException when one can't be reached, in one line that says why
   */
  void requireReachable(Vertx vertx) {
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

  /** A Redis apart from all others, for preparing an RDB file; its data are below the given directory. */
  LocalServers apart(Path directory) {
    return new LocalServers(ServerSettings.of(directory, BUNDLED));
  }
}
