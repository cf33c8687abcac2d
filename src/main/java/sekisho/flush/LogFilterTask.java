package sekisho.flush;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sekisho.mysql.DatabaseException;

/**
 * Adds filters while the log grows, on a thread of its own. Nothing waits for it: what has no
 * filter yet is read.
 */
public final class LogFilterTask implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LogFilterTask.class);
  private static final Duration EACH = Duration.ofSeconds(2);

  private final LogFilters filters;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(work -> new Thread(work, "log-filters"));

  public LogFilterTask(LogFilters filters) {
    this.filters = filters;
  }

  /** Begins. */
  public void start() {
    thread.scheduleWithFixedDelay(
        this::addAll, EACH.toMillis(), EACH.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void addAll() {
    try {
      for (boolean more = true; more && !thread.isShutdown(); ) {
        long began = System.nanoTime();
        more = filters.addNext();
        // As long as it took: flush and logins come first.
        LockSupport.parkNanos(System.nanoTime() - began);
      }
    } catch (DatabaseException e) {
      LOG.debug("no filter added: {}", e.getMessage());
    } catch (RuntimeException | Error e) {
      // The timer would end without a word.
      LOG.error("no filter added to the log", e);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
