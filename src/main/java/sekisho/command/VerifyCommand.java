package sekisho.command;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import sekisho.config.Settings;
import sekisho.mysql.Schema;
import sekisho.recovery.Verification;

/** {@code sekisho verify}: compares counters, log and report. */
@Command(name = "verify", description = "Compare counters, state tables and report with the login log and the queue; exit "
    + "status 1 if anything differs.", mixinStandardHelpOptions = true)
public final class VerifyCommand extends StoreCommand {

  @Option(names = "--limit", defaultValue = "50", description = "Differences to print (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Override
  LocalStores reach(Settings settings) {
    return LocalStores.running(settings);
  }

  @Override
  int run(Workplace workplace) {
    Schema.requireFit(workplace.stores().database());
    Verification verification = new Verification(workplace.stores().database(), workplace.stores().redis(),
        workplace.stores().keys(), workplace.local().settings().thresholds());
    Verification.Result result = verification.run();
    List<String> differences = result.differences();
    differences.stream().limit(limit).forEach(this::say);
    if (differences.size() > limit) {
      say("... and " + (differences.size() - limit) + " more");
    }
    say("Compared " + result.logged() + " attempts in the log and " + result.queued() + " in the queue: "
        + result.bannedAddresses() + " banned addresses, " + result.lockedUsers() + " locked users, "
        + differences.size() + " differences.");
    return differences.isEmpty() ? 0 : 1;
  }
}
