package sekisho.command;

import java.util.List;
import java.util.Map;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import sekisho.ops.Operators;

/** {@code sekisho allow}: the addresses that cannot be banned. */
@Command(
    name = "allow",
    mixinStandardHelpOptions = true,
    description =
        "Keep addresses from being banned, on all instances within a second. Their attempts are logged and counted as all"
            + " others, and users are still locked.",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:done", "1:it could not be done, for the reason that is printed"})
public final class AllowCommand extends OperatorCommand {

  @ArgGroup(multiplicity = "1")
  private What what;

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the list.")
  private String reason = "";

  /** One of them. */
  static final class What {

    @Parameters(
        paramLabel = "BLOCK",
        description = "An address, or a block such as 192.0.2.0/24 or 2001:db8::/48.")
    private String block;

    @Option(names = "--list", description = "Print the list.")
    private boolean list;

    @Option(names = "--remove", paramLabel = "BLOCK", description = "Take a block off the list.")
    private String removed;
  }

  @Override
  int act(Workplace workplace) throws Exception {
    Operators operators = workplace.stores().operators(workplace.settings());
    if (what.list) {
      List<Operators.Allowed> entries = operators.allowed();
      print(entries, () -> entries.forEach(this::line));
    } else if (what.removed != null) {
      String block = operators.disallow(what.removed);
      print(Map.of("removed", block), () -> say(block + " is off the allow-list"));
    } else {
      String block =
          operators.allow(what.block, System.getProperty("user.name", "unknown"), reason);
      print(Map.of("allowed", block), () -> say(block + " is on the allow-list"));
    }
    return 0;
  }

  private void line(Operators.Allowed entry) {
    say(
        String.format(
            "%-24s since %s, by %s%s",
            entry.block(),
            entry.since(),
            entry.operator(),
            entry.reason().isEmpty() ? "" : ": " + entry.reason()));
  }
}
