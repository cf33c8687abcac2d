package sekisho;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import sekisho.tools.bench.BenchCommand;

/** The command line: one subcommand for each thing an operator does. */
@Command(name = "sekisho", description = "A high-throughput login and ban service.", mixinStandardHelpOptions = true,
    subcommands = BenchCommand.class)
public final class Main implements Runnable {

  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec;

  /**
   * Runs one subcommand and ends the process with its exit status.
   *
   * @param args the command line, not null
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
