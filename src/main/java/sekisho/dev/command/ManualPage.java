package sekisho.dev.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * The manual page of a command line, made from the same texts as its help, in the language of
 * man(7). The generator of picocli writes AsciiDoc, which a second program of some 40 MB would have
 * to translate.
 */
final class ManualPage {

  private static final List<String[]> FILES =
      List.of(
          new String[] {
            "conf/sekisho.properties",
            "The settings, each with its default and a line of meaning, unless SEKISHO_CONFIG names another file."
          },
          new String[] {
            "SEKISHO_DATA_DIR/session.key",
            "What sessions are signed with, unless sekisho.session.key is set."
          },
          new String[] {
            "SEKISHO_DATA_DIR/management.token",
            "What acts over HTTP need, unless sekisho.management.token is set."
          });

  private static final List<String[]> VARIABLES =
      List.of(
          new String[] {"SEKISHO_CONFIG", "The file with the settings."},
          new String[] {
            "SEKISHO_NAME",
            "Overrides the setting sekisho.name: SEKISHO_HTTP_PORT is sekisho.http.port."
          });

  private final StringBuilder page = new StringBuilder();

  private ManualPage() {}

  /**
   * Writes the page.
   *
   * @param commands the command line
   * @param version the first line of its {@code --version}
   */
  static String of(CommandLine commands, String version) {
    ManualPage manual = new ManualPage();
    CommandSpec root = commands.getCommandSpec();
    manual.macro("TH " + root.name().toUpperCase(Locale.ROOT) + " 1 \"\" \"" + version + "\" \"\"");
    manual.macro("SH NAME");
    manual.text(
        root.name() + " \\- " + escaped(String.join(" ", root.usageMessage().description())));
    manual.macro("SH SYNOPSIS");
    manual.text("\\fB" + root.name() + "\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR]...");
    manual.macro("SH COMMANDS");
    manual.subcommands(commands);
    manual.macro("SH FILES");
    FILES.forEach(file -> manual.item("\\fI" + escaped(file[0]) + "\\fR", List.of(file[1])));
    manual.macro("SH ENVIRONMENT");
    VARIABLES.forEach(name -> manual.item("\\fB" + escaped(name[0]) + "\\fR", List.of(name[1])));
    manual.macro("SH EXIT STATUS");
    manual.text(
        "0 if it was done, 1 if it could not be done, 2 if the command line is wrong; more with each command.");
    return manual.page.toString();
  }

  private void subcommands(CommandLine parent) {
    for (Map.Entry<String, CommandLine> entry : parent.getSubcommands().entrySet()) {
      CommandLine command = entry.getValue();
      CommandSpec spec = command.getCommandSpec();
      if (!spec.usageMessage().hidden()) {
        command(spec);
        subcommands(command);
      }
    }
  }

  private void command(CommandSpec spec) {
    UsageMessageSpec usage = spec.usageMessage();
    macro("SS " + escaped(spec.qualifiedName()));
    usage.width(1000);
    CommandLine.Help help =
        new CommandLine.Help(spec, CommandLine.Help.defaultColorScheme(Ansi.OFF));
    text("\\fB" + escaped(help.synopsis(0).strip()) + "\\fR");
    macro("PP");
    text(escaped(lines(usage.description())));
    for (PositionalParamSpec parameter : spec.positionalParameters()) {
      argument("\\fI" + escaped(parameter.paramLabel()) + "\\fR", parameter);
    }
    for (OptionSpec option : spec.options()) {
      if (!option.usageHelp() && !option.versionHelp()) {
        String value =
            option.arity().max() == 0 ? "" : " \\fI" + escaped(option.paramLabel()) + "\\fR";
        argument("\\fB" + escaped(String.join(", ", option.names())) + "\\fR" + value, option);
      }
    }
    if (!usage.exitCodeList().isEmpty()) {
      macro("PP");
      text("Exit status:");
      usage.exitCodeList().forEach((code, meaning) -> item(escaped(code), List.of(meaning)));
    }
    if (usage.footer().length > 0) {
      macro("PP");
      text(escaped(lines(usage.footer())));
    }
  }

  private void argument(String label, ArgSpec argument) {
    if (!argument.hidden()) {
      item(label, List.of(argument.description()));
    }
  }

  private void item(String label, List<String> description) {
    macro("TP");
    text(label);
    text(escaped(lines(description.toArray(new String[0]))));
  }

  private static String lines(String[] texts) {
    List<String> lines = new ArrayList<>();
    for (String text : texts) {
      lines.add(String.format(text).strip());
    }
    return String.join("\n", lines);
  }

  private void macro(String request) {
    page.append('.').append(request).append('\n');
  }

  private void text(String text) {
    page.append(text).append('\n');
  }

  /** What roff would read as a request, an escape or a hyphen. */
  private static String escaped(String text) {
    return text.replace("\\", "\\e").replace("-", "\\-").replaceAll("(?m)^([.'])", "\\\\&$1");
  }
}
