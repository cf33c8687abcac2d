package sekisho.command;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import sekisho.http.access.AccessLogSummary;

/** {@code sekisho access-log}: what access logs add up to. */
@Command(
    name = "access-log",
    mixinStandardHelpOptions = true,
    description =
        "Add up access logs of any format by method and path: number, times in milliseconds, bytes, answers by class of status. Those with the most time in all come first.",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:added up", "1:a file cannot be read, for the reason that is printed"})
public final class AccessLogCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "Access logs; - for the standard input.")
  private List<String> files;

  @Option(
      names = "--json",
      description = "Print the result as JSON: routes with times in seconds, and other_lines.")
  private boolean json;

  private record Result(
      List<AccessLogSummary.Row> routes, @JsonProperty("other_lines") long otherLines) {}

  @Override
  public Integer call() throws IOException {
    AccessLogSummary summary = new AccessLogSummary();
    for (String file : files) {
      read(file, summary);
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(
          new ObjectMapper()
              .enable(SerializationFeature.INDENT_OUTPUT)
              .writeValueAsString(new Result(summary.rows(), summary.others())));
    } else {
      out.printf(
          "%10s %10s %10s %10s %10s %10s %14s  %s%n",
          "count", "mean ms", "p50", "p90", "p99", "max", "bytes", "route and answers");
      for (AccessLogSummary.Row row : summary.rows()) {
        out.printf(
            Locale.ROOT,
            "%10d %10.3f %10.3f %10.3f %10.3f %10.3f %14d  %s (%s)%n",
            row.count(),
            1e3 * row.mean(),
            1e3 * row.p50(),
            1e3 * row.p90(),
            1e3 * row.p99(),
            1e3 * row.max(),
            row.bytes(),
            row.route(),
            row.statuses().entrySet().stream()
                .map(each -> each.getKey() + " " + each.getValue())
                .collect(Collectors.joining(", ")));
      }
      if (summary.others() > 0) {
        out.println(summary.others() + " lines are of no access log");
      }
    }
    out.flush();
    return 0;
  }

  /** Lines with bytes that are no UTF-8 are read, too. */
  private static void read(String file, AccessLogSummary summary) throws IOException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                file.equals("-") ? System.in : Files.newInputStream(Path.of(file)),
                StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPLACE)
                    .onUnmappableCharacter(CodingErrorAction.REPLACE)))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        summary.add(line);
      }
    }
  }
}
