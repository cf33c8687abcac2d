package sekisho.dev.command;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Spec;
import sekisho.command.Main;
import sekisho.command.StoreFinder;
import sekisho.command.Version;

/** {@code sekisho man}: the manual page of the service's commands. */
@Command(
    name = "man",
    description = "Print the manual page of the service's commands, in the language of man.",
    mixinStandardHelpOptions = true)
public final class ManCommand implements Callable<Integer> {

  @Spec private CommandLine.Model.CommandSpec spec;

  @Override
  public Integer call() {
    String version = new Version().getVersion()[0];
    CommandLine service = new CommandLine(new Main(), StoreFinder.CONFIGURED.commands());
    spec.commandLine().getOut().print(ManualPage.of(service, version));
    spec.commandLine().getOut().flush();
    return 0;
  }
}
