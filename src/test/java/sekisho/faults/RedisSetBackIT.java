package sekisho.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.testing.RedisProbe;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceProcess;
import sekisho.testing.history.ClientAttempt;
import sekisho.testing.history.History;
import sekisho.testing.history.HistoryChecker;
import sekisho.tools.servers.RedisServer;

/**
 * Redis goes back in time or loses everything, under load: that is detected, attempts are refused until the counters are made anew,
 * numbers go on above those that were given, and what was lost with Redis is counted exactly.
 */
@Tag("faults")
class RedisSetBackIT {

  private static final int CLIENTS = 24;
  private static final Pattern LOSS = Pattern.compile("Redis lost (\\d+) attempts? that (?:was|were) answered");

  private static FaultStage stage;
  private static ServiceHome home;
  private static ServiceProcess service;
  /** Attempts that earlier repetitions lost, as the checker found. */
  private static int missingBefore;

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
        data().forEach(RedisSetBackIT::delete);
        redis().start();
      }
    },
    OLDER_RDB_PUT_IN_PLACE {
      @Override
      void prepare(Path older) {
        send("SAVE");
        copy(redis().snapshot(), older.resolve("dump.rdb"));
      }

      @Override
      void strike(Path older) {
        redis().startFrom(older.resolve("dump.rdb"));
      }
    },
    OLDER_AOF_PUT_IN_PLACE {
      @Override
      void prepare(Path older) {
        data().forEach(file -> copy(file, older.resolve(redisDirectory().relativize(file))));
      }

      @Override
      void strike(Path older) {
        redis().kill();
        data().forEach(RedisSetBackIT::delete);
        files(older).forEach(file -> copy(file, redisDirectory().resolve(older.relativize(file))));
        redis().start();
      }
    };

    /** Keeps what is needed of an earlier moment. */
    void prepare(Path older) {
    }

    abstract void strike(Path older);
  }

  @BeforeAll
  static void start() {
    stage = FaultStage.set();
    home = stage.home();
    service = home.startReady("serve");
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
    return Repetition.all().flatMap(repetition -> Stream.of(Fault.values()).map(fault -> Arguments.of(fault, repetition)));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("faults")
  void isRepaired(Fault fault, Repetition repetition) throws IOException {
    Path older = Files.createTempDirectory(home.directory(), "older");
    long lostBefore = lost();
    stage.load().start(CLIENTS, home.port());
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
    String when = "Redis " + fault.name().toLowerCase(Locale.ROOT).replace('_', ' ') + ", " + repetition;
    History history = stage.assertHistory(when, home, attempt -> attempt.end() < repaired);
    assertLossIsCounted(when, history, lostBefore);
  }

  /** By metric and log, to the attempt. */
  private static void assertLossIsCounted(String when, History history, long lostBefore) {
    List<ClientAttempt> missing = HistoryChecker.missing(history);
    int lostNow = missing.size() - missingBefore;
    missingBefore = missing.size();
    assertThat(lost() - lostBefore).as("%s: sekisho_lost_total", when).isEqualTo(lostNow);
    List<Long> told = LOSS.matcher(service.out()).results().map(MatchResult::group)
        .map(line -> Long.parseLong(line.replaceAll("\\D+", ""))).toList();
    assertThat(told.stream().mapToLong(Long::longValue).sum()).as("%s: attempts that the log names as lost", when)
        .isEqualTo(missingBefore);
    System.out.printf("%s: %d answered attempts were lost with Redis%n", when, lostNow);
  }

  private static long lost() {
    return service.management().get("/metrics", null).lines().filter(line -> line.startsWith("sekisho_lost_total "))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ')))).findFirst().orElseThrow();
  }

  private static RedisServer redis() {
    return stage.servers().servers().redis();
  }

  private static void send(String... words) {
    try (RedisProbe probe = new RedisProbe(redis().url())) {
      probe.send(words[0], Stream.of(words).skip(1).toArray(String[]::new));
    }
  }

  private static Path redisDirectory() {
    return stage.servers().directory().resolve("redis");
  }

  /** The files that Redis would read at its start. */
  private static List<Path> data() {
    return files(redisDirectory()).stream()
        .filter(file -> file.toString().contains("appendonly") || file.getFileName().toString().equals("dump.rdb"))
        .toList();
  }

  private static List<Path> files(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copy(Path from, Path to) {
    try {
      Files.createDirectories(to.getParent());
      Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
