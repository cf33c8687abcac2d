package sekisho.dev.command;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import sekisho.http.page.ContentHeaders;
import sekisho.http.page.Pages;

/**
 * {@code sekisho static-page}: the home page and its headers as files, for a proxy that sends them
 * itself to visitors without a notice.
 */
@Command(
    name = "static-page",
    description = "Write the home page, index.html, and its headers for nginx, headers.conf.",
    mixinStandardHelpOptions = true)
public final class StaticPageCommand implements Callable<Integer> {

  @Parameters(paramLabel = "DIRECTORY", description = "Where to write; made if need be.")
  private Path directory;

  @Option(
      names = "--secure",
      description = "Browsers reach the service by HTTPS only (sekisho.session.secure).")
  private boolean secure;

  @Override
  public Integer call() throws IOException {
    Pages pages = new Pages();
    Buffer home = pages.home(null);
    MultiMap headers = ContentHeaders.page(pages.styleHash(), pages.scriptHash(), secure);
    StringBuilder lines = new StringBuilder();
    for (Map.Entry<String, String> header : headers) {
      if (header.getKey().equalsIgnoreCase("content-type")) {
        String[] type = header.getValue().split("; charset=");
        lines.append("default_type ").append(type[0]).append(";\n");
        lines.append("charset ").append(type[1]).append(";\n");
      } else {
        lines
            .append("add_header ")
            .append(header.getKey())
            .append(" \"")
            .append(header.getValue())
            .append("\" always;\n");
      }
    }
    Files.createDirectories(directory);
    Files.write(directory.resolve("index.html"), home.getBytes());
    Files.writeString(directory.resolve("headers.conf"), lines, StandardCharsets.US_ASCII);
    return 0;
  }
}
