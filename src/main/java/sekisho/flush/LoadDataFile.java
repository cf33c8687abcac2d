package sekisho.flush;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.file.FileProblem;

/**
 * A file of attempts for {@link LoadDataWriter}, which is deleted when it is closed.
 *
 * @param path where it is
 * @param rows how many attempts it holds
 */
record LoadDataFile(Path path, int rows) implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LoadDataFile.class);

  @Override
  public void close() {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      LOG.warn("cannot delete {}: {}", path, FileProblem.reason(path, e));
    }
  }
}
