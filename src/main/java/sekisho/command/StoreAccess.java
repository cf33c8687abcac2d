package sekisho.command;

import io.vertx.core.Vertx;
import sekisho.app.Settings;
import sekisho.app.StartException;
import sekisho.app.Stores;

/** The stores that a command works on. */
public interface StoreAccess {

  /** The settings, with the URLs of both stores. */
  Settings settings();

  /**
   * Checks that both stores can be reached.
   *
   * @param vertx runs the connections
   * @throws StartException when one can't be reached, in one line that says why
   */
  default void requireReachable(Vertx vertx) {
    Stores.requireReachable(vertx, settings());
  }

  /**
   * The stores that the settings name.
   *
   * @param command the command that needs them, for the message
   * @throws StartException when the URL of a store is missing
   */
  static StoreAccess configured(Settings settings, String command) {
    if (settings.redis().url().isEmpty() || settings.mysql().url().isEmpty()) {
      throw new StartException(
          command
              + " needs SEKISHO_REDIS_URL and SEKISHO_MYSQL_URL; `make run` starts local servers instead");
    }
    return () -> settings;
  }
}
