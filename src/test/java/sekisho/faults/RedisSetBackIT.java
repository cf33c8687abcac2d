package sekisho.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.dev.server.RedisServer;
import sekisho.testing.RedisProbe;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceProcess;
import sekisho.testing.history.ClientAttempt;
import sekisho.testing.history.History;
import sekisho.testing.history.HistoryChecker;

/**
 * Redis goes back in time or loses everything, under load: that is detected, attempts are refused
 * until the counters are made anew, and numbers go on above those that were given. A service that
 * remembers what it answered gives it back, and nothing is lost; one that does not counts what was
 * lost with Redis exactly.
 */
@Tag("faults")
class RedisSetBackIT {

  private static final int CLIENTS = 24;
  private static final Pattern LOSS =
      Pattern.compile("(\\d+) attempts that were answered are lost");

  private static FaultStage stage;
  private static ServiceHome home;
  private static ServiceHome otherHome;
  private static ServiceProcess service;
  private static ServiceProcess other;
  private static Memory memory;

  /** How many instances there are, and how much each remembers. */
  enum Memory {
    ONE_INSTANCE(1, "16"),
    TWO_INSTANCES(2, "16"),
    NONE(1, "0");

    private final int instances;
    private final String megabytes;

    Memory(int instances, String megabytes) {
      this.instances = instances;
      this.megabytes = megabytes;
    }
  }

  /**
   * What is said to be lost since the service started, by the checker, by the metric and by the
   * log.
   *
   * @param acts that were not confirmed and are not there: each may have been lost, too, or never
   *     have been in force
   */
  private record Loss(long found, long acts, long metric, long log) {

    Loss since(Loss before) {
      return new Loss(
          found - before.found, acts - before.acts, metric - before.metric, log - before.log);
    }
  }

  /** What befalls Redis. */
  enum Fault {
    FLUSHED {
      @Override
      void strike(Path older) {
        send("FLUSHALL");
      }
    },
    REPLACED_BY_AN_EMPTY_ONE {
      @Override
      void strike(Path older) {
        redis().kill();
        data().forEach(RedisFiles::delete);
        redis().start();
      }
    },
    OLDER_RDB_PUT_IN_PLACE {
      @Override
      void prepare(Path older) {
        send("SAVE");
        RedisFiles.copy(redis().snapshot(), older.resolve("dump.rdb"));
      }

      @Override
      void strike(Path older) {
        redis().startFrom(older.resolve("dump.rdb"));
      }
    },
    OLDER_AOF_PUT_IN_PLACE {
      @Override
      void prepare(Path older) {
        RedisFiles.copy(stage, older);
      }

      @Override
      void strike(Path older) {
        redis().kill();
        RedisFiles.of(stage, older).putBack();
        redis().start();
      }
    };

    /** Keeps what is needed of an earlier moment. */
    void prepare(Path older) {}

    abstract void strike(Path older);
  }

  @BeforeAll
  static void start() {
    stage = FaultStage.set();
    home = stage.home();
    otherHome = stage.home().with("SEKISHO_HTTP_EVENT_LOOPS", "2");
  }

  private static void startRemembering(Memory wanted) {
    if (wanted == memory) {
      return;
    }
    end(service);
    end(other);
    service = home.with("SEKISHO_REDIS_RECENT_MB", wanted.megabytes).startReady("serve");
    other = wanted.instances == 1 ? null : otherHome.startReady("serve");
    memory = wanted;
  }

  private static void end(ServiceProcess process) {
    if (process != null) {
      process.signal("TERM");
      process.awaitEnd();
    }
  }

  @AfterAll
  static void close() {
    stage.close();
  }

  @AfterEach
  void stopTheLoad() {
    stage.load().stop();
    redis().start();
  }

  static Stream<Arguments> faults() {
    return Stream.of(Memory.values())
        .flatMap(
            memory ->
                Repetition.all()
                    .flatMap(
                        repetition ->
                            Stream.of(Fault.values())
                                .map(fault -> Arguments.of(fault, memory, repetition))));
  }

  @ParameterizedTest(name = "{0}, memory {1}, {2}")
  @MethodSource("faults")
  void isRepaired(Fault fault, Memory wanted, Repetition repetition) throws IOException {
    startRemembering(wanted);
    Path older = Files.createTempDirectory(home.directory(), "older");
    Loss before = loss(stage.history());
    if (wanted.instances == 1) {
      stage.load().start(CLIENTS, home.port());
    } else {
      stage.load().start(CLIENTS / 2, home.port(), otherHome.port());
    }
    stage.load().awaitAnswered(200);
    fault.prepare(older);
    if (repetition.random().nextBoolean()) {
      // MySQL is ahead of what Redis will go back to.
      stage.report(home);
    }
    repetition.awaitMoment(Duration.ofMillis(500));
    fault.strike(older);
    // The repair is over when one of these is answered; what begins after it must not be lost.
    stage.load().awaitAnswered(200);
    long repaired = System.nanoTime();
    stage.load().awaitAnswered(200);
    if (other != null) {
      other.awaitReady();
    }
    String when = "Redis " + words(fault) + ", memory of " + words(wanted) + ", " + repetition;
    History history =
        stage.assertHistory(
            when,
            home,
            seen ->
                seen instanceof ClientAttempt && wanted == Memory.NONE && seen.end() < repaired);
    Loss loss = loss(history).since(before);
    assertThat(List.of(loss.metric(), loss.log()))
        .as("%s: lost by metric and by log", when)
        .allSatisfy(told -> assertThat(told).isBetween(loss.found(), loss.found() + loss.acts()));
    System.out.printf(
        "%s: %d answered attempts were lost with Redis, and all were counted%n",
        when, loss.found());
  }

  private static String words(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** By the first instance's account; a second one is there only where nothing is to be lost. */
  private static Loss loss(History history) {
    long metric =
        service
            .management()
            .get("/metrics", null)
            .lines()
            .filter(line -> line.startsWith("sekisho_lost_total "))
            .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' '))))
            .findFirst()
            .orElseThrow();
    long log =
        LOSS.matcher(service.out())
            .results()
            .mapToLong(told -> Long.parseLong(told.group(1)))
            .sum();
    return new Loss(
        HistoryChecker.missing(history).size(),
        HistoryChecker.missingActs(history).size(),
        metric,
        log);
  }

  private static RedisServer redis() {
    return stage.servers().servers().redis();
  }

  private static void send(String... words) {
    try (RedisProbe probe = new RedisProbe(redis().url())) {
      probe.send(words[0], Stream.of(words).skip(1).toArray(String[]::new));
    }
  }

  /** The files that Redis would read at its start. */
  private static List<Path> data() {
    return RedisFiles.present(stage.servers().directory().resolve("redis"));
  }
}
