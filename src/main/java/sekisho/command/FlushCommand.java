package sekisho.command;

import java.util.Map;
import picocli.CommandLine.Command;

/** {@code sekisho flush}: moves the queue to MySQL. */
@Command(
    name = "flush",
    mixinStandardHelpOptions = true,
    description = "Move all attempts that wait in Redis to MySQL, and count them there.",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:moved", "1:not moved, for the reason that is printed"})
public final class FlushCommand extends OperatorCommand {

  @Override
  int act(Workplace workplace) throws Exception {
    admit(workplace);
    long up = workplace.stores().flush().flush().sequence();
    print(Map.of("flushed", up), () -> say("MySQL has all attempts up to number " + up));
    return 0;
  }
}
