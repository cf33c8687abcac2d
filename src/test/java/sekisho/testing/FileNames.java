package sekisho.testing;

import java.nio.charset.Charset;
import org.junit.jupiter.api.Assumptions;

/** What names files may have in the locale of this JVM. */
public final class FileNames {

  private FileNames() {}

  /**
   * Skips the test where the locale has no charset, so that Java cannot name a file with letters
   * beyond ASCII.
   */
  public static void assumeAnyLetter() {
    Assumptions.assumeTrue(
        Charset.forName(System.getProperty("sun.jnu.encoding")).newEncoder().canEncode('é'),
        "file names have ASCII letters only in this locale");
  }
}
