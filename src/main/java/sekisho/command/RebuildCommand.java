package sekisho.command;

import java.util.Map;
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
  protected int run(Workplace workplace) throws Exception {
    long start = System.nanoTime();
    Schema.bringUpToDate(workplace.stores().database());
    workplace.stores().rebuild().fromLog();
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    print(Map.of("rebuilt_ms", millis), () -> say("Rebuilt in " + millis + " ms."));
    return 0;
  }
}
