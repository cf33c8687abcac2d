package sekisho.command;

import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import sekisho.mysql.Schema;

/** {@code sekisho rebuild}: makes counters and state tables anew from the log and the queue. */
@Command(
    name = "rebuild",
    description =
        "Make the counters again from the login log and the queue; a running service refuses "
            + "logins meanwhile.",
    mixinStandardHelpOptions = true)
public final class RebuildCommand extends StoreCommand {

  @Override
  boolean startsStores() {
    return true;
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
