package sekisho.dev.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import sekisho.file.FileProblem;

/**
 * A server program that was found.
 *
 * @param executable absolute, as found: some programs are symbolic links and go by the name they
 *     are called by
 * @param origin for people: {@code bundled}, or the path as found
 */
record ServerProgram(Path executable, String origin) {

  /**
   * Looks for an installed program, then for the bundled one.
   *
   * @param product for the message
   * @param names file names, in order of preference
   * @param bundled path below the bundled directory
   * @param urlVariable the setting that makes a local server needless
   * @throws LocalServerException if there is none
   */
  static ServerProgram find(
      ServerSettings settings,
      String product,
      List<String> names,
      String bundled,
      String urlVariable) {
    for (String name : names) {
      for (Path directory : settings.searchPath()) {
        Path candidate = directory.resolve(name);
        if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
          return new ServerProgram(candidate.toAbsolutePath(), candidate.toString());
        }
      }
    }
    Path candidate = settings.bundledDirectory().resolve(bundled);
    if (Files.isRegularFile(candidate)) {
      makeExecutable(candidate);
      return new ServerProgram(candidate, "bundled");
    }
    throw new LocalServerException(
        "no "
            + product
            + " server found: install "
            + String.join(" or ", names)
            + ", or run \"make servers\" to fetch one, or set "
            + urlVariable);
  }

  /**
   * The directory above {@code bin} or {@code sbin} where the program really is: its own files are
   * below.
   */
  Path base() {
    try {
      return executable.toRealPath().getParent().getParent();
    } catch (IOException e) {
      throw new LocalServerException(
          "cannot read " + executable + ": " + FileProblem.reason(executable, e), e);
    }
  }

  /** What the program prints about its version. */
  String version() throws IOException {
    Process process =
        ChildProcess.of(List.of(executable.toString(), "--version"))
            .redirectErrorStream(true)
            .start();
    try (InputStream out = process.getInputStream()) {
      return new String(out.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void makeExecutable(Path path) {
    if (!Files.isExecutable(path)
        && !path.toFile().setExecutable(true, true)) { // archives forget this bit
      throw new LocalServerException(
          "cannot make " + path + " executable: check who owns it and how it is mounted");
    }
  }
}
