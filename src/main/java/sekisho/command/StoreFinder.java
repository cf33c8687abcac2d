package sekisho.command;

import picocli.CommandLine;
import picocli.CommandLine.IFactory;
import sekisho.app.Settings;
import sekisho.app.StartException;

/** Finds the stores that a command works on. */
public interface StoreFinder {

  /** Those that the settings name. */
  StoreFinder CONFIGURED =
      (settings, command, startable) -> StoreAccess.configured(settings, command);

  /**
   * Finds them.
   *
   * @param settings the settings, in which their URLs may be missing
   * @param command the command that needs them, for the message
   * @param startable whether local ones that are not running may be started; else the command only
   *     looks, or makes sense beside running ones only
   * @throws StartException when there are none
   */
  StoreAccess find(Settings settings, String command, boolean startable);

  /** Makes the commands that a command line names by their classes, to work on these stores. */
  default IFactory commands() {
    IFactory plain = CommandLine.defaultFactory();
    return new IFactory() {
      @Override
      public <K> K create(Class<K> kind) throws Exception {
        K made = plain.create(kind);
        if (made instanceof StoreCommand command) {
          command.workOn(StoreFinder.this);
        }
        return made;
      }
    };
  }
}
