package sekisho.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a directory that looks like /proc. */
class ProcessFinderTest {

  @TempDir private Path directory;
  private Path proc;
  private Path data;

  @BeforeEach
  void makeDirectories() throws IOException {
    proc = Files.createDirectories(directory.resolve("proc"));
    data = Files.createDirectories(directory.resolve("var/redis")).getParent();
    Files.createDirectories(proc.resolve("net"));
  }

  private void process(int pid, String comm, String cmdline, String... descriptors)
      throws IOException {
    Path own = Files.createDirectories(proc.resolve(pid + "/fd")).getParent();
    Files.writeString(own.resolve("comm"), comm + "\n");
    Files.writeString(own.resolve("cmdline"), cmdline);
    for (int i = 0; i < descriptors.length; i++) {
      Files.createSymbolicLink(own.resolve("fd/" + i), Path.of(descriptors[i]));
    }
  }

  @Test
  void findsWhoeverListensOnThePort() throws IOException {
    Files.writeString(
        proc.resolve("net/tcp"),
        "  sl  local_address rem_address   st\n"
            + "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0 0 4711 1\n"
            + "   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000  0 0 4712 1\n");
    process(10, "java", "java", "/dev/null", "socket:[4711]");
    process(11, "java", "java", "socket:[4712]");
    ProcessFinder finder = new ProcessFinder(proc);
    assertThat(finder.listeningOn(8080)).containsExactly(10);
    assertThat(finder.listeningOn(8081)).isEmpty();
  }

  @Test
  void prefersThePidFileAndTheCommandLine() throws IOException {
    process(20, "redis-server", "redis-server 127.0.0.1:6379");
    process(21, "redis-server", "redis-server");
    process(22, "mariadbd", "mariadbd\0--datadir=" + data.toAbsolutePath() + "/mysql");
    process(23, "mariadbd", "mariadbd\0--datadir=/elsewhere");
    Files.writeString(data.resolve("redis/pid"), "21\n");
    Files.writeString(data.resolve("nonsense.pid"), "x\n");
    ProcessFinder finder = new ProcessFinder(proc);
    assertThat(finder.ofDataDirectory(ProcessRole.REDIS, data)).containsExactly(21);
    assertThat(finder.ofDataDirectory(ProcessRole.MYSQL, data)).containsExactly(22);
    assertThat(finder.onlyOne(ProcessRole.REDIS)).isEmpty();
  }

  @Test
  void doesNotTrustThePidFileOfAProcessThatIsSomethingElse() throws IOException {
    process(30, "bash", "bash");
    Files.writeString(data.resolve("redis/redis.pid"), "30\n");
    assertThat(new ProcessFinder(proc).ofDataDirectory(ProcessRole.REDIS, data)).isEmpty();
  }

  @Test
  void takesTheOnlyOneOfItsName() throws IOException {
    process(40, "valkey-server", "valkey-server");
    assertThat(new ProcessFinder(proc).onlyOne(ProcessRole.REDIS)).containsExactly(40);
    assertThat(
            new ProcessFinder(proc).ofDataDirectory(ProcessRole.REDIS, directory.resolve("none")))
        .isEmpty();
  }

  @Test
  void metersCpuAndPeakMemory() throws IOException {
    process(50, "a) b (c", "");
    use(50, 100, 50, 2_000);
    ProcessMeter meter = new ProcessMeter(proc, ProcessRole.SERVICE, Set.of(50));
    use(50, 250, 100, 5_000);
    meter.sample();
    use(50, 260, 110, 1_000);
    meter.sample();
    ProcessMeter.Usage usage = meter.usage();
    assertThat(usage.known()).isTrue();
    assertThat(usage.cpuSeconds()).isEqualTo(2.2);
    assertThat(usage.peakBytes()).isEqualTo(5_000 * 1024);
    Files.delete(proc.resolve("50/stat"));
    meter.sample();
    assertThat(meter.usage().cpuSeconds()).isEqualTo(2.2);
    assertThat(new ProcessMeter(proc, ProcessRole.REDIS, Set.of()).usage().known()).isFalse();
  }

  private void use(int pid, int user, int system, int kib) throws IOException {
    Files.writeString(
        proc.resolve(pid + "/stat"),
        pid
            + " (a) b (c) S 1 1 1 0 -1 4194304 0 0 0 0 "
            + user
            + " "
            + system
            + " 0 0 20 0 1 0 100\n");
    Files.writeString(
        proc.resolve(pid + "/status"), "Name:\ta\nVmHWM:\t   9999 kB\nVmRSS:\t   " + kib + " kB\n");
  }
}
