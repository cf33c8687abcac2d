package sekisho.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import sekisho.login.StoreUnavailableException;
import sekisho.mysql.Schema;
import sekisho.verify.Verification;

/** {@code sekisho verify}: compares counters, log and report. */
@Command(
    name = "verify",
    description =
        "Compare counters, state tables and report with the login log and the queue. Changes "
            + "nothing and holds up nobody. Sorts in a temporary file (java.io.tmpdir): some 200 bytes for each address and user.",
    exitCodeOnExecutionException = VerifyCommand.NOT_COMPARED,
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {"0:no difference", "1:differences", "2:could not be compared"})
public final class VerifyCommand extends StoreCommand {

  static final int NOT_COMPARED = 2;

  @Option(
      names = "--limit",
      defaultValue = "50",
      description = "Differences to print (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Override
  protected int run(Workplace workplace) throws IOException {
    Schema.requireFit(workplace.stores().database());
    Verification verification =
        new Verification(
            workplace.stores().database(),
            workplace.stores().redis(),
            workplace.stores().keys(),
            workplace.settings().thresholds());
    Verification.Result result;
    try {
      result = verification.run(Math.max(0, limit));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (Error e) {
      // Said in one line, like whatever else keeps it from comparing.
      throw new StoreUnavailableException("cannot compare: " + e);
    }
    print(result, () -> lines(result));
    return result.found() == 0 ? 0 : 1;
  }

  private void lines(Verification.Result result) {
    result.differences().forEach(this::say);
    if (result.found() > result.differences().size()) {
      say("... and " + (result.found() - result.differences().size()) + " more");
    }
    say(
        "Compared "
            + result.logged()
            + " attempts in the log and "
            + result.queued()
            + " in the queue: "
            + result.bannedAddresses()
            + " banned addresses, "
            + result.lockedUsers()
            + " locked users, "
            + result.found()
            + " differences.");
  }
}
