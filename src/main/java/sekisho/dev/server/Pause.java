package sekisho.dev.server;

import java.time.Duration;

/** Waits between two looks at something that announces nothing. */
final class Pause {

  private Pause() {}

  static void of(Duration duration) {
    try {
      Thread.sleep(duration.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LocalServerException("interrupted while waiting for a local server", e);
    }
  }
}
