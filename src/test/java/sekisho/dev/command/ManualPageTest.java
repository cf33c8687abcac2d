package sekisho.dev.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import sekisho.command.Main;
import sekisho.command.StoreFinder;

class ManualPageTest {

  private final CommandLine commands =
      new CommandLine(new Main(), StoreFinder.CONFIGURED.commands());
  private final String page = ManualPage.of(commands, "sekisho 1.2.3");

  @Test
  void hasEachCommandAndEachOption() {
    assertThat(page).startsWith(".TH SEKISHO 1 \"\" \"sekisho 1.2.3\" \"\"\n.SH NAME\n");
    commands
        .getSubcommands()
        .forEach(
            (name, command) -> {
              assertThat(page).contains(".SS sekisho " + name.replace("-", "\\-") + "\n");
              command
                  .getCommandSpec()
                  .options()
                  .forEach(
                      option ->
                          assertThat(
                                  option.usageHelp()
                                      || option.versionHelp()
                                      || page.contains(
                                          "\\fB"
                                              + String.join(", ", option.names())
                                                  .replace("-", "\\-")))
                              .as(name + " " + option)
                              .isTrue());
            });
    assertThat(page).contains(".SS sekisho users add\n");
  }

  @Test
  void startsNoLineByChance() {
    assertThat(page.lines().filter(line -> line.startsWith(".") || line.startsWith("'")))
        .allMatch(line -> line.matches("\\.(TH .*|SH [A-Z ]+|SS sekisho .*|PP|TP)"));
    assertThat(page).doesNotContain("%n").doesNotContain("${");
  }

  /** Where there is a formatter. */
  @Test
  void manReadsItWithoutAWarning(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("sekisho.1"), page);
    Process man;
    try {
      man =
          new ProcessBuilder("groff", "-man", "-Tutf8", "-ww", "-z", file.toString())
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      assumeThat(false).as("there is no groff").isTrue();
      return;
    }
    String said = new String(man.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(man.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(said).isEmpty();
  }
}
