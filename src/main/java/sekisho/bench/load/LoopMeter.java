package sekisho.bench.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * How busy the generator's event loop is: the share of time in which its thread ran or waited for a
 * CPU, from {@code /proc/self/task/tid/schedstat}. Near 1 the generator, not the service, sets the
 * pace.
 */
public final class LoopMeter {

  private static final double LIMIT = 0.9;

  private final Path schedstat;
  private long startedAt;
  private long[] before;

  private LoopMeter(Path schedstat) {
    this.schedstat = schedstat;
    restart();
  }

  /** A meter of the calling thread, to be read by any thread. */
  public static LoopMeter ofThisThread() {
    try {
      return new LoopMeter(Path.of("/proc/thread-self").toRealPath().resolve("schedstat"));
    } catch (IOException e) {
      return new LoopMeter(Path.of("/proc/thread-self/unknown"));
    }
  }

  /** Counts from now on. */
  public void restart() {
    startedAt = System.nanoTime();
    before = read();
  }

  /** Load since the last restart. */
  public LoopLoad load() {
    double wall = Math.max(1, System.nanoTime() - startedAt);
    long[] now = read();
    return new LoopLoad((now[0] - before[0]) / wall, (now[1] - before[1]) / wall);
  }

  private long[] read() {
    try {
      String[] fields = Files.readString(schedstat).strip().split(" ");
      return new long[] {Long.parseLong(fields[0]), Long.parseLong(fields[1])};
    } catch (IOException e) {
      return new long[] {0, 0};
    }
  }

  /**
   * Load of the event loop.
   *
   * @param running share of the time in which it ran, 0 to 1
   * @param waiting share of the time in which it was ready to run and had no CPU
   */
  public record LoopLoad(double running, double waiting) {

    /**
     * Whether the loop had no idle time, so that the figures measure the generator more than the
     * service.
     */
    public boolean limits() {
      return running + waiting >= LIMIT;
    }

    /** What to know about the figures when {@link #limits}. */
    public String remark() {
      return String.format(
          Locale.ROOT,
          "The generator was the limit: its event loop had no idle time (%.0f %% running,"
              + " %.0f %% waiting for a CPU that others used). The service may be faster than this.",
          running * 100,
          waiting * 100);
    }
  }
}
