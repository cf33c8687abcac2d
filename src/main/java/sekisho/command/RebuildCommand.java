package sekisho.command;

import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import picocli.CommandLine.Command;
import sekisho.app.Settings;
import sekisho.mysql.Schema;

/** {@code sekisho rebuild}: makes counters and state tables anew from the log and the queue. */
@Command(
    name = "rebuild",
    description =
        "Make the counters again from the login log and the queue; a running service refuses "
            + "logins meanwhile.",
    mixinStandardHelpOptions = true)
public final class RebuildCommand extends StoreCommand {

  private final Function<Settings, StoreAccess> access;

  /** For the stores that are configured. */
  public RebuildCommand() {
    this(settings -> StoreAccess.configured(settings, "rebuild"));
  }

  /**
   * For other stores.
   *
   * @param access finds them
   */
  public RebuildCommand(Function<Settings, StoreAccess> access) {
    this.access = access;
  }

  @Override
  protected StoreAccess access(Settings settings) {
    return access.apply(settings);
  }

  @Override
  protected int run(Workplace workplace) {
    long start = System.nanoTime();
    Schema.bringUpToDate(workplace.stores().database());
    workplace.stores().rebuild().fromLog();
    say("Rebuilt in " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) + " ms.");
    return 0;
  }
}
