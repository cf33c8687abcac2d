package sekisho.command;

import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import sekisho.ops.BanList;

/** {@code sekisho report}: the two lists, with since when and how many failures. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description =
        "Move the queue to MySQL, then list banned addresses and locked users, with since when and how many failures.",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:listed", "1:not listed, for the reason that is printed"})
public final class ReportCommand extends OperatorCommand {

  @Override
  int act(Workplace workplace) throws Exception {
    admit(workplace);
    BanList found = workplace.stores().banList(workplace.settings());
    print(found, () -> lines(found));
    return 0;
  }

  private void lines(BanList found) {
    lines("banned", found.bannedIps());
    lines("locked", found.lockedUsers());
    say(
        String.format(
            Locale.ROOT,
            "%,d banned addresses, %,d locked users",
            found.bannedIps().size(),
            found.lockedUsers().size()));
  }

  private void lines(String name, List<BanList.Entry> entries) {
    for (BanList.Entry entry : entries) {
      line(
          name,
          String.format(
              Locale.ROOT,
              "%-24s %,6d failures, since %s%s",
              entry.name(),
              entry.failures(),
              entry.since() == null ? "before the threshold was changed" : entry.since(),
              entry.byOperator() ? ", by an operator" : ""));
    }
  }
}
