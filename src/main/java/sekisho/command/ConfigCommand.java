package sekisho.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import sekisho.app.SettingsLoader;
import sekisho.app.SettingsLoader.EffectiveSetting;

/** {@code sekisho config}: the settings in force, and where each comes from. */
@Command(
    name = "config",
    mixinStandardHelpOptions = true,
    description =
        "Print the settings in force and where each comes from; secrets are masked. Starts and connects nothing.",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:the settings can be used", "1:they cannot, for the reason that is printed"})
public final class ConfigCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "Print the same as JSON: a list of name, value, origin.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    List<EffectiveSetting> settings = SettingsLoader.effective(System.getenv());
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(
          new ObjectMapper()
              .enable(SerializationFeature.INDENT_OUTPUT)
              .writeValueAsString(settings));
    } else {
      int width =
          settings.stream()
                  .mapToInt(each -> each.name().length() + each.value().length())
                  .max()
                  .orElse(0)
              + 1;
      for (EffectiveSetting each : settings) {
        String line = each.name() + "=" + each.value();
        out.println(line + " ".repeat(width - line.length()) + "  # " + each.origin());
      }
    }
    out.flush();
    return 0;
  }
}
