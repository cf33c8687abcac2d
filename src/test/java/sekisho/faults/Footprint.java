package sekisho.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import sekisho.testing.Client;
import sekisho.testing.ServiceProcess;

/**
 * What a service process holds: what it fails to give back shows here.
 *
 * @param files open files, sockets among them
 * @param heapMegabytes live objects
 */
record Footprint(long files, long threads, long heapMegabytes) {

  /** Measures, after a collection of garbage. */
  static Footprint of(ServiceProcess service) {
    Path process = Path.of("/proc", Long.toString(service.pid()));
    return new Footprint(
        count(process.resolve("fd")), count(process.resolve("task")), heap(service));
  }

  /** Open files alone. */
  static long files(ServiceProcess service) {
    return count(Path.of("/proc", Long.toString(service.pid()), "fd"));
  }

  /**
   * The most memory that the process has had so far, in megabytes: heap, buffers, classes, compiled
   * code and stacks.
   */
  static long peakMegabytes(ServiceProcess service) {
    try {
      return Files.readAllLines(Path.of("/proc", Long.toString(service.pid()), "status")).stream()
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Whether this is as little as that, but for what may vary: connections kept, threads of the JVM,
   * garbage and classes.
   */
  boolean isNoMoreThan(Footprint before) {
    return files <= before.files + 6
        && threads <= before.threads + 6
        && heapMegabytes <= before.heapMegabytes + 8;
  }

  private static long count(Path directory) {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long heap(ServiceProcess service) {
    collect(service.pid());
    Client management = service.management();
    double bytes =
        management
            .get("/metrics", null)
            .lines()
            .filter(line -> line.startsWith("jvm_memory_used_bytes{area=\"heap\""))
            .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
            .sum();
    return (long) bytes >> 20;
  }

  private static void collect(long pid) {
    try {
      Process jcmd =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                  Long.toString(pid),
                  "GC.run")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!jcmd.waitFor(30, TimeUnit.SECONDS) || jcmd.exitValue() != 0) {
        throw new IllegalStateException("jcmd GC.run failed");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
