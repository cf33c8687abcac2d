package sekisho.bench.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * CPU time and memory of the processes of one role, from {@code /proc} (proc(5)). CPU time is
 * counted in ticks of 10 ms. A process that ends keeps the CPU time that it was last seen with.
 */
public final class ProcessMeter {

  /** USER_HZ, which is 100 on every architecture that Java runs on. */
  private static final double TICKS_PER_SECOND = 100;

  private static final int USER_TICKS = 11;
  private static final int SYSTEM_TICKS = 12;

  private final Path proc;
  private final ProcessRole role;
  private final Set<Integer> pids;
  private final Map<Integer, Double> before = new HashMap<>();
  private final Map<Integer, Double> now = new HashMap<>();
  private long peakBytes;

  /**
   * Starts to measure.
   *
   * @param pids empty when unknown
   */
  public ProcessMeter(ProcessRole role, Set<Integer> pids) {
    this(Path.of("/proc"), role, pids);
  }

  public ProcessMeter(Path proc, ProcessRole role, Set<Integer> pids) {
    this.proc = proc;
    this.role = role;
    this.pids = pids;
    restart();
  }

  ProcessRole role() {
    return role;
  }

  /** Counts from now on. */
  public void restart() {
    sample();
    before.clear();
    before.putAll(now);
    peakBytes = 0;
    sample();
  }

  /**
   * Looks at the processes; to be called now and then, since peak memory is the most that was ever
   * seen.
   */
  public void sample() {
    long bytes = 0;
    for (int pid : pids) {
      cpuSeconds(pid).forEach(seconds -> now.put(pid, seconds));
      bytes += residentBytes(pid);
    }
    peakBytes = Math.max(peakBytes, bytes);
  }

  /** What was used up to the last look. */
  public Usage usage() {
    boolean known = !now.isEmpty();
    double seconds = 0;
    for (Map.Entry<Integer, Double> entry : now.entrySet()) {
      seconds += entry.getValue() - before.getOrDefault(entry.getKey(), 0.0);
    }
    return new Usage(role, List.copyOf(pids), known, seconds, peakBytes);
  }

  private List<Double> cpuSeconds(int pid) {
    String stat = read(pid, "stat");
    int name = stat.lastIndexOf(')');
    if (name < 0) {
      return List.of();
    }
    String[] fields = stat.substring(name + 2).split(" ");
    return List.of(
        (Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS]))
            / TICKS_PER_SECOND);
  }

  private long residentBytes(int pid) {
    for (String line : read(pid, "status").split("\n")) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
      }
    }
    return 0;
  }

  private String read(int pid, String name) {
    try {
      return Files.readString(proc.resolve(pid + "/" + name));
    } catch (IOException e) {
      return "";
    }
  }

  /**
   * What the processes of a role used.
   *
   * @param role what they are
   * @param pids which they are; empty when not found
   * @param known false when not found, and then the figures mean nothing
   * @param cpuSeconds user and system time
   * @param peakBytes the most resident memory that was seen
   */
  public record Usage(
      ProcessRole role, List<Integer> pids, boolean known, double cpuSeconds, long peakBytes) {}
}
