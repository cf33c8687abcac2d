package sekisho.faults;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.dev.server.Durability;
import sekisho.dev.server.RedisServer;
import sekisho.testing.RedisProbe;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceProcess;

/**
 * {@code kill -9} of Redis under load: what was answered is there when it comes back, and the
 * service recovers by itself.
 */
@Tag("faults")
class RedisKilledIT {

  private static final int CLIENTS = 24;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /**
   * 64 MB that Redis makes and writes to its file without a client's help: the next fsync takes its
   * time.
   */
  private static final String BULK = "redis.call('SET', 'bulk', string.rep('x', 67108864))";

  private static FaultStage stage;
  private static ServiceHome home;
  private static ServiceHome otherHome;
  private static ServiceProcess other;

  @BeforeAll
  static void start() {
    stage = FaultStage.set(Durability.POWER_LOSS);
    home = stage.home().with("SEKISHO_FLUSH_THRESHOLD", "2000");
    otherHome =
        stage.home().with("SEKISHO_FLUSH_THRESHOLD", "2000").with("SEKISHO_HTTP_EVENT_LOOPS", "2");
    home.startReady("serve");
  }

  /** Starts the load on so many instances, of which only as many run. */
  private static void load(int instances) {
    if (instances == 1) {
      if (other != null) {
        other.kill();
        other = null;
      }
      stage.load().start(CLIENTS, home.port());
    } else {
      other = other == null ? otherHome.startReady("serve") : other;
      stage.load().start(CLIENTS / 2, home.port(), otherHome.port());
    }
    stage.load().awaitAnswered(300);
  }

  @AfterAll
  static void close() {
    stage.close();
  }

  @AfterEach
  void stopTheLoad() {
    stage.load().stop();
    redis().start();
    // Else each restart would read what all repetitions wrote.
    send("DEL", "bulk");
    send("BGREWRITEAOF");
  }

  private static RedisServer redis() {
    return stage.servers().servers().redis();
  }

  private static void send(String... words) {
    try (RedisProbe probe = new RedisProbe(redis().url())) {
      probe.send(words[0], Stream.of(words).skip(1).toArray(String[]::new));
    }
  }

  private static void goOn(String when) {
    redis().start();
    stage.load().awaitAnswered(300);
    if (other != null) {
      other.awaitReady();
    }
    stage.assertNothingLost(when, home);
  }

  static Stream<Arguments> policies() {
    return Repetition.all()
        .flatMap(
            repetition ->
                Stream.of("everysec", "always").map(policy -> Arguments.of(policy, repetition)));
  }

  @ParameterizedTest(name = "appendfsync {0}, {1}")
  @MethodSource("policies")
  void atAnyMoment(String policy, Repetition repetition) {
    send("CONFIG", "SET", "appendfsync", policy);
    load(1);
    repetition.awaitMoment(Duration.ofMillis(1200));
    redis().kill();
    goOn("kill -9 of Redis, appendfsync " + policy + ", " + repetition);
  }

  static Stream<Arguments> instances() {
    return Stream.of(1, 2)
        .flatMap(
            instances -> Repetition.all().map(repetition -> Arguments.of(instances, repetition)));
  }

  /**
   * Under {@code everysec}, Redis puts off writing to its file while an fsync of it takes long, and
   * answers nevertheless. What it put off is in no file when it is killed at that moment.
   */
  @ParameterizedTest(name = "{0} instance(s), {1}")
  @MethodSource("instances")
  void whileItPutsOffItsWrites(int instances, Repetition repetition) throws InterruptedException {
    send("CONFIG", "SET", "appendfsync", "everysec");
    load(instances);
    long pid = redis().pid().orElseThrow();
    AtomicBoolean reached = new AtomicBoolean();
    Thread bulk =
        new Thread(
            () -> {
              while (!reached.get() && ProcessHandle.of(pid).isPresent()) {
                try (RedisProbe probe = new RedisProbe(redis().url())) {
                  probe.send("EVAL", BULK, "0");
                  probe.awaitWritten();
                } catch (IllegalStateException e) {
                  return; // Redis is gone, as it should be
                }
              }
            },
            "bulk");
    bulk.start();
    long deadline = System.nanoTime() + LIMIT.toNanos();
    try (RedisProbe probe = new RedisProbe(redis().url())) {
      while (!reached.get() && System.nanoTime() < deadline) {
        String info = probe.send("INFO", "persistence").toString();
        reached.set(
            info.contains("aof_pending_bio_fsync:1") && !info.contains("aof_buffer_length:0\r"));
      }
      if (reached.get()) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
      }
    }
    bulk.join();
    redis().kill();
    assumeTrue(reached.get(), "this machine's disk is too fast for Redis to put off a write");
    goOn(
        "kill -9 of Redis while it puts off its writes, "
            + instances
            + " instance(s), "
            + repetition);
  }
}
