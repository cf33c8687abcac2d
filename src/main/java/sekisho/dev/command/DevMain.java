package sekisho.dev.command;

import java.util.List;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import sekisho.bench.BenchCommand;
import sekisho.bench.ceiling.BenchCeilingCommand;
import sekisho.bench.ceiling.CeilingCommand;
import sekisho.bench.flush.BenchFlushCommand;
import sekisho.command.AccessLogCommand;
import sekisho.command.AllowCommand;
import sekisho.command.BanCommand;
import sekisho.command.ConfigCommand;
import sekisho.command.ExplainCommand;
import sekisho.command.FlushCommand;
import sekisho.command.LockCommand;
import sekisho.command.Main;
import sekisho.command.PardonCommand;
import sekisho.command.PruneCommand;
import sekisho.command.RebuildCommand;
import sekisho.command.ReportCommand;
import sekisho.command.ServeCommand;
import sekisho.command.StatusCommand;
import sekisho.command.StoreFinder;
import sekisho.command.UsersCommand;
import sekisho.command.VerifyCommand;
import sekisho.command.Version;
import sekisho.command.WaitCommand;
import sekisho.dev.server.LocalServerException;
import sekisho.dev.twin.TwinCommand;

/**
 * The command line of {@code sekisho-dev.jar}: the commands of the service, which use the local
 * servers where none are configured, and the tools beside it.
 */
@Command(
    name = "sekisho",
    description = "A high-throughput login and ban service, and the tools to develop it.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
      RunCommand.class,
      ServeCommand.class,
      StatusCommand.class,
      ReportCommand.class,
      ExplainCommand.class,
      PardonCommand.class,
      BanCommand.class,
      LockCommand.class,
      AllowCommand.class,
      UsersCommand.class,
      FlushCommand.class,
      VerifyCommand.class,
      RebuildCommand.class,
      PruneCommand.class,
      InitCommand.class,
      StoresCommand.class,
      WaitCommand.class,
      ConfigCommand.class,
      AccessLogCommand.class,
      GenerateCompletion.class,
      HelpCommand.class,
      StopCommand.class,
      SeedCommand.class,
      ManCommand.class,
      StaticPageCommand.class,
      BenchCommand.class,
      CeilingCommand.class,
      BenchCeilingCommand.class,
      BenchFlushCommand.class,
      TwinCommand.class
    })
public final class DevMain implements Runnable {

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  /**
   * Runs one subcommand and ends the process with its exit status.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    Main.logForPeople(args);
    StoreFinder local =
        (settings, command, startable) ->
            startable ? LocalStores.startExisting(settings) : LocalStores.running(settings);
    Main.run(
        new CommandLine(new DevMain(), local.commands()),
        args,
        List.of(LocalServerException.class));
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
