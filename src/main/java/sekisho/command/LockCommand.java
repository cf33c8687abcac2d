package sekisho.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import sekisho.ops.Operators;
import sekisho.ops.Subject;

/** {@code sekisho lock}. */
@Command(
    name = "lock",
    mixinStandardHelpOptions = true,
    description = "Lock a user until pardoned, on all instances.",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:done", "1:it could not be done, for the reason that is printed"})
public final class LockCommand extends ActCommand {

  @Parameters(paramLabel = "USER", description = "The login name.")
  private String name;

  @Override
  Subject subject(Operators operators) {
    return operators.subject(name, true);
  }

  @Override
  Operators.Done take(Operators operators, Subject subject, String operator, String reason) {
    return operators.lock(subject, operator, reason);
  }

  @Override
  String past() {
    return "Locked";
  }
}
