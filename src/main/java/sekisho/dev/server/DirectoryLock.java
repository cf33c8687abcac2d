package sekisho.dev.server;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * One at a time may change what is in a directory, over all threads and processes. The system frees
 * the lock of a dead process.
 */
public final class DirectoryLock {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration PAUSE = Duration.ofMillis(20);

  private DirectoryLock() {}

  /** What is done while holding the lock. */
  @FunctionalInterface
  public interface Action {
    /** Does it. */
    void run() throws IOException;
  }

  /**
   * Waits until the directory is ours, then runs the action.
   *
   * @param directory which is there
   * @param action what to do
   * @throws IOException if the lock cannot be made, or the action fails
   * @throws LocalServerException if another holds the lock for minutes
   */
  public static void holding(Path directory, Action action) throws IOException {
    Path file = directory.resolve("lock");
    try (FileChannel channel = OwnerOnly.shared(file)) {
      Instant deadline = Instant.now().plus(PATIENCE);
      while (!tryLock(channel)) {
        if (Instant.now().isAfter(deadline)) {
          throw new LocalServerException(
              "another process holds "
                  + file
                  + " for more than "
                  + PATIENCE.toMinutes()
                  + " minutes: end it, then try again");
        }
        Pause.of(PAUSE);
      }
      action.run();
    }
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false; // another thread of this process has it
    }
  }
}
