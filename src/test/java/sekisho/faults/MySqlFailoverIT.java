package sekisho.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.dev.server.Endpoints;
import sekisho.login.StoreUnavailableException;
import sekisho.testing.MariaDbPair;
import sekisho.testing.MariaDbPair.Server;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceProcess;
import sekisho.testing.Signals;
import sekisho.testing.TestServers;
import sekisho.testing.Until;
import sekisho.testing.history.ReportProbe;
import sekisho.testing.history.Violation.Kind;

/**
 * A replica takes over from its MySQL under load on two instances, whose URL names both servers:
 * logins go on, and reports come again from the one that takes the writes.
 */
@Tag("faults")
class MySqlFailoverIT {

  private static final int CLIENTS = 12;

  private MariaDbPair pair;
  private FaultStage stage;
  private ServiceHome home;
  private ServiceHome otherHome;
  private ServiceProcess service;
  private ServiceProcess other;

  private void start(boolean waiting, boolean acts, Repetition repetition) {
    pair = MariaDbPair.start(waiting);
    TestServers servers = TestServers.start();
    stage = FaultStage.set(servers, new Endpoints(servers.endpoints().redisUrl(), pair.url()));
    if (!acts) {
      stage.load().withActs(null);
    }
    home = home();
    otherHome = home();
    service = home.startReady("serve");
    other = otherHome.startReady("serve");
    stage.load().start(CLIENTS, home.port(), otherHome.port());
    stage.load().awaitAnswered(300);
    repetition.awaitMoment(Duration.ofMillis(1200));
  }

  private ServiceHome home() {
    return stage
        .home()
        .with("SEKISHO_FLUSH_THRESHOLD", "500")
        .with("SEKISHO_MYSQL_TIMEOUT_MS", "5000")
        .with("SEKISHO_REPORT_TIMEOUT_MS", "5000");
  }

  @AfterEach
  void close() {
    if (stage != null) {
      stage.close();
    }
    pair.close();
  }

  /** By hand, there and back. */
  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void switchedOver(Repetition repetition) {
    start(false, true, repetition);
    Server primary = pair.first();
    Server replica = pair.second();
    for (int i = 0; i < 2; i++) {
      long begun = System.nanoTime();
      primary.administer("SET GLOBAL read_only = ON");
      replica.awaitCaughtUp(primary);
      replica.promote();
      primary.follow(replica);
      goOn("switch-over of MySQL, " + repetition, begun);
      primary.awaitCaughtUp(replica);
      Server former = primary;
      primary = replica;
      replica = former;
      stage.load().start(CLIENTS, home.port(), otherHome.port());
      stage.load().awaitAnswered(300);
    }
  }

  /** The replica had every transaction that was confirmed. */
  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void primaryKilled(Repetition repetition) {
    start(true, true, repetition);
    long begun = System.nanoTime();
    pair.first().kill();
    pair.second().promote();
    goOn("kill -9 of a MySQL that waits for its replica, " + repetition, begun);
  }

  /** It stands still, so that its connections stay and nobody answers. */
  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  @EnabledIfSystemProperty(named = Repetition.COUNT, matches = ".+")
  void primaryFrozen(Repetition repetition) {
    start(true, true, repetition);
    long begun = System.nanoTime();
    Signals.pause(pair.first().pid());
    pair.second().promote();
    goOn("SIGSTOP of a MySQL that waits for its replica, " + repetition, begun);
    pair.first().kill();
  }

  /**
   * The replica lacks the last rows: no report comes from it, and {@code rebuild} has the instances
   * give them back.
   */
  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void replicaLacksRows(Repetition repetition) {
    // Acts are remembered by nobody once MySQL had them.
    start(false, false, repetition);
    pair.second().administer("STOP SLAVE");
    stage.load().awaitAnswered(2000);
    stage.report(home);
    stage.load().stop();
    pair.first().kill();
    pair.second().administer("RESET SLAVE ALL", "SET GLOBAL read_only = OFF");
    Until.isTrue(
        "it is said that MySQL lacks attempts",
        () -> {
          assertThat(ReportProbe.ask(home.port())).isEmpty();
          assertThat(ReportProbe.ask(otherHome.port())).isEmpty();
          return service.out().contains("only, though it had them up to");
        });
    long begun = System.nanoTime();
    assertThat(home.run("rebuild").status()).isZero();
    stage.load().start(CLIENTS, home.port(), otherHome.port());
    stage.load().awaitAnswered(300);
    stage.report(home);
    System.out.printf(
        "a replica that lacks rows, %s: report %.1f s after the rebuild was begun%n",
        repetition, (System.nanoTime() - begun) / 1e9);
    stage.load().stop();
    // One instance after the other gives its own back.
    Until.isTrue("all is given back", this::atRest);
    Map<Kind, Long> outOfOrder =
        stage.assertNothingWorse("a replica that lacks rows", home, FaultStage.OUT_OF_ORDER);
    System.out.println("a replica that lacks rows, " + repetition + ": " + outOfOrder);
  }

  private boolean atRest() {
    try {
      return stage.differences().isEmpty()
          && service.management().status("GET", "/readyz") == 200
          && other.management().status("GET", "/readyz") == 200;
    } catch (StoreUnavailableException e) {
      return false;
    }
  }

  private void goOn(String when, long begun) {
    double promoted = seconds(begun);
    stage.report(home);
    stage.report(otherHome);
    System.out.printf(
        "%s: promoted after %.1f s, reports after %.1f s%n", when, promoted, seconds(begun));
    stage.load().awaitAnswered(300);
    assertThat(stage.load().refused()).isZero();
    stage.assertNothingLost(when, home);
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }
}
