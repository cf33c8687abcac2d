package sekisho.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import sekisho.app.ConfigurationException;
import sekisho.app.StartException;
import sekisho.file.FileProblem;
import sekisho.login.StoreUnavailableException;
import sekisho.mysql.DatabaseException;
import sekisho.ops.OperatorException;

/** The command line of the service: one subcommand for each thing an operator does. */
@Command(
    name = "sekisho",
    description = "A high-throughput login and ban service.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
      ServeCommand.class,
      VerifyCommand.class,
      StatusCommand.class,
      ReportCommand.class,
      ExplainCommand.class,
      PardonCommand.class,
      BanCommand.class,
      LockCommand.class,
      AllowCommand.class,
      UsersCommand.class,
      FlushCommand.class,
      PruneCommand.class,
      ConfigCommand.class,
      AccessLogCommand.class,
      RebuildCommand.class,
      WaitCommand.class,
      GenerateCompletion.class,
      HelpCommand.class
    })
public final class Main implements Runnable {

  /** What Java puts in place of a byte that is no letter in the charset of file names. */
  private static final char UNREADABLE = '\uFFFD';

  private static final Set<String> SERVING = Set.of("serve", "run");

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  /**
   * Runs one subcommand and ends the process with its exit status.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    logForPeople(args);
    run(new CommandLine(new Main(), StoreFinder.CONFIGURED.commands()), args, List.of());
  }

  /**
   * Lets the log of a command that ends go to the standard error, so that its output is what it
   * says and no more. To be called before anything logs.
   *
   * @param args the command line
   */
  public static void logForPeople(String[] args) {
    if (args.length > 0 && !SERVING.contains(args[0])) {
      System.setProperty("sekisho.log.target", "System.err");
    }
  }

  /**
   * Runs one subcommand and ends the process with its exit status.
   *
   * @param commands the command line
   * @param args the arguments
   * @param foreseen more kinds of errors that are told in one line
   */
  public static void run(
      CommandLine commands, String[] args, List<Class<? extends Exception>> foreseen) {
    if (System.getProperty("user.dir").indexOf(UNREADABLE) >= 0) {
      System.err.println(
          "sekisho: the name of this directory has letters that Java cannot read in this locale ("
              + System.getProperty("sun.jnu.encoding")
              + "): set LC_ALL=C.UTF-8");
      System.exit(1);
    }
    try {
      System.exit(
          commands
              .setParameterExceptionHandler((problem, arguments) -> misused(problem))
              .setExecutionExceptionHandler(
                  (error, command, parsed) -> failed(error, command, foreseen))
              .execute(args));
    } catch (Error e) {
      // Else the process would go on without this thread, as event loops keep it alive.
      System.err.println("sekisho: " + e);
      Runtime.getRuntime().halt(1);
    }
  }

  /** Says in a line what is wrong with the command, and where help is. */
  private static int misused(CommandLine.ParameterException problem) {
    CommandLine command = problem.getCommandLine();
    command.getErr().println("sekisho: " + problem.getMessage().replaceAll("\\s*\\R\\s*", " "));
    List<String> meant =
        problem instanceof CommandLine.UnmatchedArgumentException unmatched
            ? unmatched.getSuggestions().stream().limit(1).toList()
            : List.of();
    command
        .getErr()
        .println(
            (meant.isEmpty() ? "Try '" : "Did you mean " + meant.get(0) + "? Try '")
                + command.getCommandSpec().qualifiedName()
                + " --help'.");
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  /** Says in one line what went wrong; only what nobody foresaw deserves a stack trace. */
  private static int failed(
      Exception thrown, CommandLine commandLine, List<Class<? extends Exception>> more)
      throws Exception {
    Exception error = thrown instanceof UncheckedIOException wrapped ? wrapped.getCause() : thrown;
    boolean foreseen =
        error instanceof ConfigurationException
            || error instanceof StartException
            || error instanceof DatabaseException
            || error instanceof StoreUnavailableException
            || error instanceof OperatorException
            || error instanceof IOException
            || more.stream().anyMatch(kind -> kind.isInstance(error));
    if (!foreseen) {
      throw error;
    }
    commandLine
        .getErr()
        .println(
            "sekisho: "
                + (error instanceof IOException file
                    ? FileProblem.line(file)
                    : error.getMessage()));
    return commandLine.getCommandSpec().exitCodeOnExecutionException();
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
