package sekisho.command;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import sekisho.flush.Pruning;
import sekisho.ops.OperatorException;

/** {@code sekisho prune}: takes old attempts out of the log. */
@Command(
    name = "prune",
    mixinStandardHelpOptions = true,
    description =
        "Take attempts out of the login log that are older than a date. Counters, report and verify stay as they are. Works in"
            + " small steps beside a running service; what was interrupted is continued by the next one.",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:done", "1:it could not be done, for the reason that is printed"})
public final class PruneCommand extends OperatorCommand {

  /** What instances may still have to give back to Redis is younger. */
  private static final Duration LEAST_AGE = Duration.ofHours(1);

  @Option(
      names = "--before",
      required = true,
      paramLabel = "DATE",
      description =
          "A date such as 2026-01-31, which begins at midnight in the zone of sekisho.time.zone, or a time such as 2026-01-31T12:00:00Z; at"
              + " least an hour ago.")
  private String before;

  @Override
  int act(Workplace workplace) throws Exception {
    Instant limit = limit(workplace);
    admit(workplace);
    workplace.stores().flush().flush();
    Pruning.Result result =
        new Pruning(workplace.stores().database(), workplace.settings().thresholds()).before(limit);
    print(
        Map.of("removed", result.removed(), "pruned", result.pruned()),
        () ->
            say(
                result.removed()
                    + " attempts removed; the log begins above number "
                    + result.pruned()));
    return 0;
  }

  private Instant limit(Workplace workplace) {
    Instant limit = instant(workplace);
    Instant latest = Instant.now().minus(LEAST_AGE);
    if (limit.isAfter(latest)) {
      throw new OperatorException(
          "attempts of the last hour stay in the log: choose a time before " + latest);
    }
    return limit;
  }

  private Instant instant(Workplace workplace) {
    try {
      return before.indexOf('T') < 0
          ? LocalDate.parse(before).atStartOfDay(workplace.settings().zone()).toInstant()
          : OffsetDateTime.parse(before).toInstant();
    } catch (DateTimeParseException e) {
      throw new OperatorException(
          "--before: '" + before + "' is no date such as 2026-01-31 or 2026-01-31T12:00:00Z");
    }
  }
}
