package sekisho.command;

import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import sekisho.ops.Explanation;
import sekisho.ops.ExplanationReader;

/** {@code sekisho explain}: why an address or a user is let in or not. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description =
        "Say what the next attempt of an address or a user would get, and why: failures, since when, what operators did, the"
            + " newest attempts. Changes nothing.",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:explained; the verdict is in the output",
      "1:it could not be found out, for the reason that is printed"
    })
public final class ExplainCommand extends OperatorCommand {

  @Parameters(paramLabel = "SUBJECT", description = "An address, or the name of a user.")
  private String subject;

  @Option(
      names = "--user",
      description = "SUBJECT is the name of a user, though it looks like an address.")
  private boolean user;

  @Override
  int act(Workplace workplace) throws Exception {
    Explanation found =
        workplace
            .stores()
            .explanations(workplace.settings())
            .read(workplace.stores().operators(workplace.settings()).subject(subject, user));
    print(found, () -> lines(found));
    return 0;
  }

  private void lines(Explanation found) {
    if (found.address() != null) {
      line("address", found.address());
    } else {
      line("user", String.valueOf(found.user()));
    }
    line("verdict", verdict(found));
    line(
        "failures",
        String.format(
            Locale.ROOT,
            "%,d since the last success or pardon; %d are too many",
            found.failures(),
            found.threshold()));
    if (found.since() != null) {
      line("since", found.since());
    }
    found.lastLogins().forEach(login -> line("login", login.at() + " from " + login.address()));
    found
        .acts()
        .forEach(
            act ->
                line(
                    act.kind(),
                    act.at()
                        + " by "
                        + act.operator()
                        + (act.reason().isEmpty() ? "" : ": " + act.reason())));
    for (Explanation.Attempt attempt : found.attempts()) {
      line(
          "attempt",
          attempt.at()
              + (attempt.succeeded() ? " success of " : " failure of ")
              + (found.address() != null ? "'" + attempt.login() + "'" : attempt.address())
              + ", number "
              + attempt.number()
              + (attempt.logged() ? "" : ", in the queue"));
    }
    if (found.searchedDownTo() > 0 && found.attempts().size() < ExplanationReader.ATTEMPTS) {
      line("searched", "attempts above number " + found.searchedDownTo());
    }
  }

  private static String verdict(Explanation found) {
    return switch (found.verdict()) {
      case "banned", "locked" ->
          found.verdict()
              + ", whatever the password"
              + (found.byOperator() ? "; by an operator" : "");
      case "allowed" -> "allowed: the address is on the allow-list and cannot be banned";
      default -> "open: the password decides";
    };
  }
}
