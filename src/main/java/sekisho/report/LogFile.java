package sekisho.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.config.FileProblem;

/**
 * A file of attempts for {@link BulkLoad}, which is deleted when it is closed.
 *
 * @param path where it is
 * @param rows how many attempts it holds
 */
record LogFile(Path path, int rows) implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LogFile.class);

  @Override
  public void close() {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      LOG.warn("cannot delete {}: {}", path, FileProblem.reason(path, e));
    }
  }
}
