package sekisho.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import sekisho.ops.Operators;
import sekisho.ops.Subject;

/** {@code sekisho pardon}. */
@Command(
    name = "pardon",
    mixinStandardHelpOptions = true,
    description =
        "End a ban or lock, whatever its cause; failures so far count no more. Every attempt that is decided later sees it, on all instances.",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:done", "1:it could not be done, for the reason that is printed"})
public final class PardonCommand extends ActCommand {

  @Parameters(paramLabel = "SUBJECT", description = "An address, or the name of a user.")
  private String name;

  @Option(
      names = "--user",
      description = "SUBJECT is the name of a user, though it looks like an address.")
  private boolean user;

  @Override
  Subject subject(Operators operators) {
    return operators.subject(name, user);
  }

  @Override
  Operators.Done take(Operators operators, Subject subject, String operator, String reason) {
    return operators.pardon(subject, operator, reason);
  }

  @Override
  String past() {
    return "Pardoned";
  }
}
