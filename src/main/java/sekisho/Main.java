package sekisho;

import java.io.IOException;
import java.io.UncheckedIOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import sekisho.command.InitCommand;
import sekisho.command.RebuildCommand;
import sekisho.command.RunCommand;
import sekisho.command.ServeCommand;
import sekisho.command.StoresCommand;
import sekisho.command.VerifyCommand;
import sekisho.command.WaitCommand;
import sekisho.config.ConfigurationException;
import sekisho.config.FileProblem;
import sekisho.login.StoreUnavailableException;
import sekisho.mysql.DatabaseException;
import sekisho.service.StartException;
import sekisho.tools.bench.BenchCommand;
import sekisho.tools.bench.BenchFlushCommand;
import sekisho.tools.ceiling.BenchCeilingCommand;
import sekisho.tools.ceiling.CeilingCommand;
import sekisho.tools.seed.SeedCommand;
import sekisho.tools.servers.LocalServerException;
import sekisho.tools.servers.StopCommand;

/** The command line: one subcommand for each thing an operator does. */
@Command(
    name = "sekisho",
    description = "A high-throughput login and ban service.",
    mixinStandardHelpOptions = true,
    subcommands = {
      RunCommand.class,
      ServeCommand.class,
      InitCommand.class,
      VerifyCommand.class,
      RebuildCommand.class,
      StoresCommand.class,
      WaitCommand.class,
      StopCommand.class,
      SeedCommand.class,
      BenchCommand.class,
      CeilingCommand.class,
      BenchCeilingCommand.class,
      BenchFlushCommand.class
    })
public final class Main implements Runnable {

  /** What Java puts in place of a byte that is no letter in the charset of file names. */
  private static final char UNREADABLE = '\uFFFD';

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  /**
   * Runs one subcommand and ends the process with its exit status.
   *
   * @param args the command line, not null
   */
  public static void main(String[] args) {
    if (System.getProperty("user.dir").indexOf(UNREADABLE) >= 0) {
      System.err.println(
          "sekisho: the name of this directory has letters that Java cannot read in this locale ("
              + System.getProperty("sun.jnu.encoding")
              + "): set LC_ALL=C.UTF-8");
      System.exit(1);
    }
    try {
      System.exit(
          new CommandLine(new Main()).setExecutionExceptionHandler(Main::failed).execute(args));
    } catch (Error e) {
      // Else the process would go on without this thread, as event loops keep it alive.
      System.err.println("sekisho: " + e);
      Runtime.getRuntime().halt(1);
    }
  }

  /** Says in one line what went wrong; only what nobody foresaw deserves a stack trace. */
  private static int failed(
      Exception thrown, CommandLine commandLine, CommandLine.ParseResult parsed) throws Exception {
    Exception error = thrown instanceof UncheckedIOException wrapped ? wrapped.getCause() : thrown;
    boolean foreseen =
        error instanceof ConfigurationException
            || error instanceof StartException
            || error instanceof DatabaseException
            || error instanceof StoreUnavailableException
            || error instanceof LocalServerException
            || error instanceof IOException;
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
