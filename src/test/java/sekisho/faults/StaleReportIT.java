package sekisho.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.testing.HttpProbe;
import sekisho.testing.HttpReply;
import sekisho.testing.ServiceHome;
import sekisho.testing.Until;
import sekisho.testing.history.ReportProbe;
import sekisho.testing.history.ReportRead;

/**
 * Redis is killed and comes back with older files: no report may lack what was answered before it
 * was asked for. An address gets itself banned, by attempts that the older files lack, and reports
 * are read every 5 ms from both instances until they have it again.
 */
@Tag("faults")
class StaleReportIT {

  private static final int FAILURES = 11;
  private static final long INTERVAL_NANOS = 5_000_000;
  private static final AtomicInteger ADDRESSES = new AtomicInteger();

  private static FaultStage stage;
  private static ServiceHome home;
  private static ServiceHome otherHome;

  @BeforeAll
  static void start() {
    stage = FaultStage.set();
    home = stage.home();
    otherHome = stage.home();
    home.startReady("serve");
    otherHome.startReady("serve");
  }

  @AfterAll
  static void close() {
    stage.close();
  }

  /**
   * The same where the instance that is asked has answered all, nothing, or half of what was lost.
   */
  enum Answered {
    BY_THE_SAME,
    BY_THE_OTHER,
    BY_BOTH
  }

  static List<Arguments> all() {
    List<Arguments> all = new ArrayList<>();
    Repetition.all()
        .forEach(
            repetition -> {
              for (Answered by : Answered.values()) {
                all.add(Arguments.of(by, repetition));
              }
            });
    return all;
  }

  @ParameterizedTest(name = "answered {0}, {1}")
  @MethodSource("all")
  void noReportLacksWhatWasAnswered(Answered by, Repetition repetition)
      throws IOException, InterruptedException {
    RedisFiles older = RedisFiles.copy(stage, Files.createTempDirectory(home.directory(), "older"));
    String address = "203.0.113." + ADDRESSES.incrementAndGet();
    for (int i = 0; i < FAILURES; i++) {
      ServiceHome asked =
          by == Answered.BY_THE_SAME || by == Answered.BY_BOTH && i % 2 == 0 ? home : otherHome;
      assertThat(fail(asked, address).status()).isEqualTo(302);
    }
    stage.servers().servers().redis().kill();
    older.putBack();
    List<String> seen = new ArrayList<>();
    Thread restart =
        new Thread(
            () -> {
              repetition.awaitMoment(Duration.ofMillis(200));
              stage.servers().servers().redis().start();
            });
    restart.start();
    int[] right = {0, 0};
    Until.isTrue(
        "the report has " + address + " again",
        () -> {
          right[0] += ask(home.port(), address, seen);
          right[1] += ask(otherHome.port(), address, seen);
          LockSupport.parkNanos(INTERVAL_NANOS);
          return right[0] > 20 && right[1] > 20;
        });
    restart.join();
    assertThat(seen).as("200 without %s, %s, %s", address, by, repetition).isEmpty();
  }

  /** 1 for a report with the address, 0 for a 503. */
  private static int ask(int port, String address, List<String> stale) {
    Optional<ReportRead> report;
    try {
      report = ReportProbe.ask(port);
    } catch (UncheckedIOException e) {
      return 0;
    }
    if (report.isPresent() && !report.get().bannedIps().contains(address)) {
      stale.add("port " + port);
    }
    return report.isPresent() ? 1 : 0;
  }

  private static HttpReply fail(ServiceHome asked, String address) {
    String form = "login=nobody&password=x";
    return HttpProbe.once(
        asked.port(),
        "POST /login HTTP/1.1\r\nHost: sekisho.test\r\nX-Forwarded-For: "
            + address
            + "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "
            + form.length()
            + "\r\n\r\n"
            + form);
  }
}
