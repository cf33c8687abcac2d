package sekisho.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.dev.server.Endpoints;
import sekisho.testing.RedisNode;
import sekisho.testing.SentinelGroup;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceProcess;
import sekisho.testing.Signals;
import sekisho.testing.TestServers;
import sekisho.testing.Until;

/**
 * The primary of a Sentinel group is lost under load on two instances, in several ways, and comes
 * back as a replica: what was answered is there, once and in order.
 */
class SentinelFailoverIT extends FaultTestBase {

  private static final int CLIENTS = 12;

  private static SentinelGroup group;
  private static ServiceHome otherHome;
  private static ServiceProcess other;

  @BeforeAll
  static void start() {
    group = SentinelGroup.start();
    TestServers servers = TestServers.start();
    stage = FaultStage.set(servers, new Endpoints(group.url(), servers.endpoints().mysqlUrl()));
    home = stage.home().with("SEKISHO_FLUSH_THRESHOLD", "2000");
    otherHome =
        stage.home().with("SEKISHO_FLUSH_THRESHOLD", "2000").with("SEKISHO_HTTP_EVENT_LOOPS", "2");
    service = home.startReady("serve");
    other = otherHome.startReady("serve");
  }

  @AfterAll
  static void closeGroup() {
    group.close();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void primaryKilled(Repetition repetition) {
    RedisNode old = load(repetition);
    long lost = System.nanoTime();
    old.kill();
    goOn("kill -9 of the primary, " + repetition, old, lost);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  @EnabledIfSystemProperty(named = Repetition.COUNT, matches = ".+")
  void primaryFrozen(Repetition repetition) {
    RedisNode old = load(repetition);
    long lost = System.nanoTime();
    Signals.pause(old.pid());
    group.awaitOtherThan(old);
    repetition.awaitMoment(Duration.ofSeconds(4));
    Signals.resume(old.pid());
    goOn("SIGSTOP of the primary, " + repetition, old, lost);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  @EnabledIfSystemProperty(named = Repetition.COUNT, matches = ".+")
  void failoverByHand(Repetition repetition) {
    RedisNode old = load(repetition);
    long lost = System.nanoTime();
    group.sentinels().get(0).send("SENTINEL", "FAILOVER", "sekisho");
    goOn("SENTINEL FAILOVER, " + repetition, old, lost);
  }

  /**
   * Each attempt is answered after both replicas have it, and not at all while one stands still.
   */
  @Test
  void answersWaitForCopies() {
    group.awaitWhole();
    ServiceHome careful = stage.home().with("SEKISHO_REDIS_COPIES", "2");
    ServiceProcess process = careful.startReady("serve");
    stage.load().start(CLIENTS, careful.port());
    stage.load().awaitAnswered(300);
    RedisNode replica =
        group.servers().stream()
            .filter(server -> server != group.primary())
            .findFirst()
            .orElseThrow();
    Signals.pause(replica.pid());
    try {
      long refused = stage.load().refused();
      Until.isTrue("attempts are refused", () -> stage.load().refused() > refused + 2 * CLIENTS);
      long answered = stage.load().answered();
      Until.isTrue("and no others", () -> stage.load().refused() > refused + 4 * CLIENTS);
      assertThat(stage.load().answered()).isEqualTo(answered);
    } finally {
      Signals.resume(replica.pid());
    }
    stage.load().awaitAnswered(300);
    stage.assertNothingLost("two copies", careful);
    process.signal("TERM");
    process.awaitEnd();
  }

  private static RedisNode load(Repetition repetition) {
    group.awaitWhole();
    stage.load().start(CLIENTS, home.port(), otherHome.port());
    stage.load().awaitAnswered(300);
    repetition.awaitMoment(Duration.ofMillis(1200));
    return group.primary();
  }

  private static void goOn(String when, RedisNode old, long lost) {
    group.awaitOtherThan(old);
    double found = seconds(lost);
    service.awaitReady();
    other.awaitReady();
    stage.load().awaitAnswered(300);
    double answered = seconds(lost);
    stage.report(home);
    stage.report(otherHome);
    System.out.printf(
        "%s: another primary after %.1f s, 300 answers after %.1f s, reports after %.1f s%n",
        when, found, answered, seconds(lost));
    // Back as a replica.
    group.awaitWhole();
    stage.load().awaitAnswered(100);
    stage.assertNothingLost(when, home);
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }
}
