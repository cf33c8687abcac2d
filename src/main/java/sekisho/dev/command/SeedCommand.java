package sekisho.dev.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import sekisho.app.SettingsLoader;
import sekisho.dev.seed.SeedDataset;
import sekisho.dev.seed.SeedLog;
import sekisho.dev.seed.SeedUsers;

/** {@code sekisho seed}: writes the seed data as files. */
@Command(
    name = "seed",
    description = "Write the seed data as files, unless they are there already.",
    mixinStandardHelpOptions = true)
public final class SeedCommand implements Callable<Integer> {

  @Option(
      names = "--directory",
      paramLabel = "DIRECTORY",
      description = "Where to write (default: dataset in the data directory of the service).")
  private Path named;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Path directory =
        named == null
            ? SettingsLoader.load(System.getenv()).dataDirectory().resolve("dataset")
            : named;
    PrintWriter out = spec.commandLine().getOut();
    try {
      out.println(
          "Seed data: "
              + SeedUsers.COUNT
              + " users and "
              + (SeedLog.SUCCESSES + SeedLog.FAILURES)
              + " attempts to "
              + directory
              + "...");
      out.flush();
      out.println(
          SeedDataset.writeTo(directory) ? "Seed data written" : "Seed data were there already");
      return 0;
    } catch (IOException e) {
      spec.commandLine().getErr().println("sekisho: " + e.getMessage());
      return 1;
    }
  }
}
