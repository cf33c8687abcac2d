package sekisho.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import sekisho.ops.Operators;
import sekisho.ops.Subject;

/** {@code sekisho ban}. */
@Command(
    name = "ban",
    mixinStandardHelpOptions = true,
    description = "Ban an address until it is pardoned, on all instances.",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:done", "1:it could not be done, for the reason that is printed"})
public final class BanCommand extends ActCommand {

  @Parameters(
      paramLabel = "ADDRESS",
      description =
          "An IPv4 address; of an IPv6 address its prefix is banned (sekisho.ip.ipv6-prefix).")
  private String name;

  @Override
  Subject subject(Operators operators) {
    return operators.subject(name, false);
  }

  @Override
  Operators.Done take(Operators operators, Subject subject, String operator, String reason) {
    return operators.ban(subject, operator, reason);
  }

  @Override
  String past() {
    return "Banned";
  }
}
