package sekisho.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceProcess;
import sekisho.testing.TestUser;
import sekisho.testing.history.History;

/**
 * The service's clock jumps by an hour, forth and back, under load: no decision and no time in the
 * log changes. All that depends on that clock is when a session ends, which shows that it has
 * jumped. Needs libfaketime, which a process loads to have a clock of its own: where it is
 * installed, or in the system property {@code sekisho.faults.faketime}. {@link
 * sekisho.login.NoClockTest} tells on every machine that no decision asks for the time.
 */
@Tag("faults")
class ClockJumpIT {

  private static final int CLIENTS = 24;

  private static FaultStage stage;
  private static ServiceHome home;
  private static ServiceProcess service;
  private static Path clock;
  private static String session;

  @BeforeAll
  static void start() throws IOException {
    Path faketime =
        Stream.of(
                System.getProperty("sekisho.faults.faketime"),
                "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
                "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
                "/usr/lib64/faketime/libfaketimeMT.so.1",
                "/usr/lib/faketime/libfaketimeMT.so.1")
            .filter(Objects::nonNull)
            .map(Path::of)
            .filter(Files::exists)
            .findFirst()
            .orElse(null);
    assumeTrue(faketime != null, "libfaketime is not installed");
    stage = FaultStage.set();
    home = stage.home().with("SEKISHO_FLUSH_THRESHOLD", "500");
    clock = home.directory().resolve("clock");
    jump("+0");
    home.with("LD_PRELOAD", faketime.toString())
        .with("FAKETIME_TIMESTAMP_FILE", clock.toString())
        .with("FAKETIME_NO_CACHE", "1")
        .with("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    service = home.with("SEKISHO_SESSION_LIFETIME_S", "1800").startReady("serve");
    TestUser member = FaultStage.member();
    session = service.client().login(member.login(), member.password(), "192.0.2.1").cookie();
    stage.skip(1);
  }

  @AfterAll
  static void close() {
    if (stage != null) {
      stage.close();
    }
  }

  @AfterEach
  void stopTheLoad() {
    stage.load().stop();
  }

  private static void jump(String offset) throws IOException {
    Path next = clock.resolveSibling("clock.next");
    Files.writeString(next, offset + "\n");
    Files.move(next, clock, StandardCopyOption.ATOMIC_MOVE);
  }

  private static boolean isLoggedIn() {
    try {
      return service.client().get("/mypage", session).contains(FaultStage.member().login());
    } catch (IllegalStateException e) {
      assertThat(e).hasMessageContaining("302");
      return false;
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void changesNothing(Repetition repetition) throws IOException {
    Instant began = Instant.now().minusSeconds(60);
    stage.load().start(CLIENTS, home.port());
    for (String offset : List.of("+3600", "-3600", "+0")) {
      stage.load().awaitAnswered(100);
      repetition.awaitMoment(Duration.ofMillis(300));
      jump(offset);
      stage.load().awaitAnswered(100);
      assertThat(isLoggedIn()).isEqualTo(offset.equals("+0"));
    }
    History history =
        stage.assertNothingLost("the service's clock jumps by an hour, " + repetition, home);
    assertThat(history.log())
        .allSatisfy(row -> assertThat(row.at()).isBetween(began, Instant.now().plusSeconds(60)));
  }
}
