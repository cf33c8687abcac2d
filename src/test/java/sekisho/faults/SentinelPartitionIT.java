package sekisho.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.dev.server.Endpoints;
import sekisho.testing.RedisNode;
import sekisho.testing.SentinelGroup;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceProcess;
import sekisho.testing.TestServers;
import sekisho.testing.Until;
import sekisho.testing.history.ReportProbe;
import sekisho.testing.history.Violation.Kind;

/**
 * The primary and one instance are cut off from everything else of the Sentinel group, though not
 * from MySQL. What the old primary decides meanwhile is recorded once.
 */
class SentinelPartitionIT extends FaultTestBase {

  private static final int CLIENTS = 12;

  private static SentinelGroup group;
  private static ServiceHome isolatedHome;
  private static ServiceProcess isolated;
  private static long givenBack;
  private static long cut;

  @BeforeAll
  static void start() {
    group = SentinelGroup.start();
    TestServers servers = TestServers.start();
    List<String> sentinels = group.sentinels().stream().map(RedisNode::address).toList();
    stage =
        FaultStage.set(servers, new Endpoints(group.url(), servers.endpoints().mysqlUrl()))
            .withoutReports();
    home =
        stage
            .home()
            .with("SEKISHO_REDIS_URL", SentinelGroup.url(sentinels.subList(1, 3)))
            .with("SEKISHO_FLUSH_THRESHOLD", "1000000");
    isolatedHome =
        stage
            .home()
            .with("SEKISHO_REDIS_URL", SentinelGroup.url(sentinels.subList(0, 1)))
            .with("SEKISHO_FLUSH_THRESHOLD", "1000000");
    service = home.startReady("serve");
    isolated = isolatedHome.startReady("serve");
  }

  @AfterAll
  static void closeGroup() {
    group.close();
  }

  /**
   * As with the sample configuration, whose bound is three seconds: by then the other instance
   * still waits at the recovery barrier, and what the old primary decided is moved to MySQL
   * meanwhile.
   */
  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void theOldPrimaryNotices(Repetition repetition) {
    RedisNode old = isolate(repetition);
    repetition.awaitMoment(Duration.ofSeconds(3));
    group.notice(old);
    Until.isTrue(
        "the isolated instance refuses",
        () -> isolated.management().status("GET", "/readyz") == 503);
    goOn("partition, min-replicas-to-write 1, " + repetition, old, Set.of());
  }

  /**
   * Without min-replicas-to-write two primaries decide until the partition ends; in every second
   * repetition the replicas lack nothing at its begin, so that both go on with the same numbers.
   */
  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  @EnabledIfSystemProperty(named = Repetition.COUNT, matches = ".+")
  void theOldPrimaryGoesOn(Repetition repetition) {
    goOn(
        "partition, min-replicas-to-write 0, " + repetition,
        isolate(repetition),
        FaultStage.OUT_OF_ORDER);
    assertThat(givenBack() - givenBack).isPositive();
  }

  private static RedisNode isolate(Repetition repetition) {
    group.awaitWhole();
    givenBack = givenBack();
    stage.load().start(CLIENTS, home.port(), isolatedHome.port());
    stage.load().awaitAnswered(300);
    repetition.awaitMoment(Duration.ofMillis(1200));
    boolean lacksNothing = repetition.number() % 2 == 0;
    if (lacksNothing) {
      stage.load().stop();
    }
    cut = System.nanoTime();
    RedisNode isolatedPrimary = group.isolatePrimary();
    if (lacksNothing) {
      stage.load().start(CLIENTS, home.port(), isolatedHome.port());
    }
    return isolatedPrimary;
  }

  private static void goOn(String when, RedisNode old, Set<Kind> tolerated) {
    RedisNode next = group.awaitOtherThan(old);
    String runId = next.send("INFO", "server").replaceFirst("(?s).*run_id:(\\w+).*", "$1");
    Until.isTrue(
        "attempts are accepted by the new primary",
        Duration.ofMinutes(1),
        () -> next.send("HGET", stage.prefix() + "state", "run_id").startsWith(runId));
    service.awaitReady();
    // MySQL takes nothing from the old one any more.
    assertThat(ReportProbe.ask(isolatedHome.port())).isEmpty();
    double goesOn = seconds(cut);
    stage.load().awaitAnswered(2000);
    group.rejoin(old);
    group.awaitWhole();
    service.awaitReady();
    isolated.awaitReady();
    stage.load().awaitAnswered(300);
    Map<Kind, Long> excess = stage.assertNothingWorse(when, home, tolerated);
    long back = givenBack() - givenBack;
    System.out.printf(
        "%s: the other instance was ready after %.1f s, %d attempts given back, against the rules %s%n",
        when, goesOn, back, excess);
  }

  private static long givenBack() {
    return List.of(service, isolated).stream()
        .mapToLong(
            each ->
                each.management()
                    .get("/metrics", "")
                    .lines()
                    .filter(line -> line.startsWith("sekisho_given_back_total "))
                    .mapToLong(line -> (long) Double.parseDouble(line.replaceFirst(".* ", "")))
                    .sum())
        .sum();
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }
}
