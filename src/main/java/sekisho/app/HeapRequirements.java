package sekisho.app;

import java.util.stream.Stream;

/**
 * Refuses settings that need more heap than there is: better at the start than at the first login,
 * or at the first repair.
 */
final class HeapRequirements {

  private static final long MEBIBYTE = 1024 * 1024;

  /**
   * Attempts in memory take 60 bytes each; those that Redis lost, as objects while they are given
   * back, up to five times as many.
   */
  private static final int REMEMBERED = 6;

  /** Rows of a portion as bytes, as objects and as text, two portions at a time. */
  private static final int PORTION_ROW = 2048;

  /** An attempt that waits, with its request. */
  private static final int WAITING = 2048;

  /** What one setting may take, and of how much. */
  private record Need(
      String setting, String what, long value, long perUnit, long unit, double share) {

    private long bytes() {
      return value * perUnit * unit;
    }

    private String problem(long heap) {
      long most = (long) (heap * share / perUnit / unit);
      long wanted = (long) Math.ceil(bytes() / share / MEBIBYTE);
      return setting
          + "="
          + value
          + ": "
          + what
          + " would take up to "
          + bytes() / MEBIBYTE
          + " MB of heap, and Java has "
          + heap / MEBIBYTE
          + " MB: set it to "
          + most
          + " or less, or start Java with -Xmx"
          + wanted
          + "m or more";
    }
  }

  private HeapRequirements() {}

  /**
   * Checks the settings.
   *
   * @param settings of the service
   * @param heap the bytes that the heap may have
   * @throws StartException when one needs too much, in one line that says what to do
   */
  static void check(Settings settings, long heap) {
    long waiting =
        Math.min(
            (long) settings.redis().maxWaiting() * settings.http().eventLoops(),
            settings.http().maxConnections());
    Stream.of(
            new Need(
                "sekisho.redis.recent-mb",
                "attempts that Redis lost",
                settings.redis().recentBytes() / MEBIBYTE,
                REMEMBERED,
                MEBIBYTE,
                0.8),
            new Need(
                "sekisho.flush.chunk", "a flush", settings.flush().chunk(), PORTION_ROW, 1, 0.5),
            new Need(
                "sekisho.redis.max-waiting",
                "attempts that wait on " + settings.http().eventLoops() + " event loops",
                waiting / settings.http().eventLoops(),
                (long) WAITING * settings.http().eventLoops(),
                1,
                0.5))
        .filter(need -> need.bytes() > heap * need.share())
        .findFirst()
        .ifPresent(
            need -> {
              throw new StartException(need.problem(heap));
            });
  }
}
