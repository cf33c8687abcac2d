package sekisho;

import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import sekisho.command.InitCommand;
import sekisho.command.RebuildCommand;
import sekisho.command.RunCommand;
import sekisho.command.ServeCommand;
import sekisho.command.VerifyCommand;
import sekisho.config.ConfigurationException;
import sekisho.login.StoreUnavailableException;
import sekisho.mysql.DatabaseException;
import sekisho.service.StartException;
import sekisho.tools.bench.BenchCommand;
import sekisho.tools.bench.BenchFlushCommand;
import sekisho.tools.ceiling.BenchCeilingCommand;
import sekisho.tools.ceiling.CeilingCommand;
import sekisho.tools.seed.SeedCommand;
import sekisho.tools.servers.LocalServerException;
import sekisho.tools.servers.StartServersCommand;
import sekisho.tools.servers.StopCommand;

/** The command line: one subcommand for each thing an operator does. */
@Command(name = "sekisho", description = "A high-throughput login and ban service.", mixinStandardHelpOptions = true,
    subcommands = {RunCommand.class, ServeCommand.class, InitCommand.class, VerifyCommand.class, RebuildCommand.class,
        StartServersCommand.class, StopCommand.class, SeedCommand.class, BenchCommand.class,
        CeilingCommand.class,
        BenchCeilingCommand.class, BenchFlushCommand.class})
public final class Main implements Runnable {

  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec;

  /**
   * Runs one subcommand and ends the process with its exit status.
   *
   * @param args the command line, not null
   */
  public static void main(String[] args) {
    try {
      System.exit(new CommandLine(new Main()).setExecutionExceptionHandler(Main::failed).execute(args));
    } catch (Error e) {
      // Else the process would go on without this thread, as event loops keep it alive.
      System.err.println("sekisho: " + e);
      Runtime.getRuntime().halt(1);
    }
  }

  /** Says in one line what went wrong; only what nobody foresaw deserves a stack trace. */
  private static int failed(Exception error, CommandLine commandLine, CommandLine.ParseResult parsed) throws Exception {
    boolean foreseen = error instanceof ConfigurationException || error instanceof StartException
        || error instanceof DatabaseException || error instanceof StoreUnavailableException
        || error instanceof LocalServerException || error instanceof IOException;
    if (!foreseen) {
      throw error;
    }
    commandLine.getErr().println("sekisho: " + error.getMessage());
    return commandLine.getCommandSpec().exitCodeOnExecutionException();
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
