package sekisho.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.dev.server.LocalServers;
import sekisho.testing.RedisProbe;
import sekisho.testing.Until;

/**
 * The box restarts: service, Redis and MariaDB end all at once, under load, and {@code run} brings
 * them back with what was answered. Ended without load, they come back with the same report, byte
 * for byte.
 */
class BoxRestartIT extends FaultTestBase {

  private static final int CLIENTS = 24;

  /** How everything ends. */
  enum End {
    SIGTERM {
      @Override
      void strike(LocalServers servers) {
        atOnce(() -> service.signal("TERM"), servers.redis()::stop, servers.mariaDb()::stop);
      }
    },
    KILL_9 {
      @Override
      void strike(LocalServers servers) {
        try (RedisProbe redis = new RedisProbe(servers.redis().url())) {
          redis.awaitWritten();
        }
        atOnce(() -> service.signal("KILL"), servers.redis()::kill, servers.mariaDb()::kill);
      }
    };

    abstract void strike(LocalServers servers);

    private static void atOnce(Runnable... ends) {
      List<Thread> threads = Stream.of(ends).map(end -> new Thread(end, "end")).toList();
      threads.forEach(Thread::start);
      for (Thread thread : threads) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      service.awaitEnd();
    }
  }

  @BeforeAll
  static void start() {
    stage = FaultStage.seeded();
    home = stage.home();
    service = home.startReady("run");
  }

  static Stream<Arguments> ends() {
    return Repetition.all()
        .flatMap(repetition -> Stream.of(End.values()).map(end -> Arguments.of(end, repetition)));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("ends")
  void bringsBackWhatWasAnswered(End end, Repetition repetition) {
    String when = "everything ended by " + end.name().toLowerCase(Locale.ROOT) + ", " + repetition;
    if (!service.isAlive()) {
      service = home.startReady("run");
    }
    stage.load().start(CLIENTS, home.port());
    stage.load().awaitAnswered(300);
    // A ban does not end, so the reports below have to list it.
    Until.isTrue("an address is banned", () -> service.client().report().contains("\"10."));
    repetition.awaitMoment(Duration.ofMillis(1000));
    end.strike(home.servers());
    service = home.startReady("run");
    stage.load().awaitAnswered(100);
    stage.assertNothingLost(when, home);

    String report = service.client().report();
    assertThat(report).contains("\"10.");
    end.strike(home.servers());
    service = home.startReady("run");
    assertThat(service.client().report()).as(when).isEqualTo(report);
  }
}
