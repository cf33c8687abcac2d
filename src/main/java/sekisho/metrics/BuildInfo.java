package sekisho.metrics;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * What was built.
 *
 * @param number the version
 * @param commit what of the repository
 */
public record BuildInfo(String number, String commit) {

  /** Reads what the build wrote into the jar. */
  public static BuildInfo read() {
    Properties build = new Properties();
    try (InputStream in = BuildInfo.class.getResourceAsStream("/sekisho/version.properties")) {
      build.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new BuildInfo(build.getProperty("number"), build.getProperty("commit"));
  }
}
