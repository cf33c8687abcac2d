package sekisho.command;

import picocli.CommandLine.Option;
import sekisho.ops.Operators;
import sekisho.ops.Subject;

/** An act that takes its place in the history. */
abstract class ActCommand extends OperatorCommand {

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the history.")
  private String reason = "";

  @Override
  final int act(Workplace workplace) throws Exception {
    admit(workplace);
    Operators operators = workplace.stores().operators(workplace.settings());
    String operator = System.getProperty("user.name", "unknown");
    Subject subject = subject(operators);
    Operators.Done done = take(operators, subject, operator, reason);
    print(
        done,
        () ->
            say(
                past()
                    + " "
                    + subject.text()
                    + ", until now "
                    + (done.before().equals("open") ? "let in" : done.before())
                    + ", with "
                    + done.failures()
                    + " failures (number "
                    + done.number()
                    + (done.logged() ? "" : "; in force, but not in MySQL yet")
                    + ")"));
    return 0;
  }

  abstract Subject subject(Operators operators);

  abstract Operators.Done take(
      Operators operators, Subject subject, String operator, String reason);

  /** What was done, as the beginning of a sentence. */
  abstract String past();
}
