package sekisho.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.dev.server.Endpoints;
import sekisho.testing.ClusterGroup;
import sekisho.testing.RedisNode;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceProcess;
import sekisho.testing.TestServers;
import sekisho.testing.Until;

/**
 * A Redis Cluster under load on two instances: the node that owns the service's keys is lost, and
 * the keys are handed to another node.
 */
class ClusterIT extends FaultTestBase {

  private static final int CLIENTS = 12;
  private static final int SERVICES = 4;

  private static ClusterGroup group;
  private static Endpoints endpoints;
  private static ServiceHome otherHome;
  private static ServiceProcess other;
  private static String key;

  @BeforeAll
  static void start() {
    group = ClusterGroup.start();
    TestServers servers = TestServers.start();
    endpoints = new Endpoints(group.url(), servers.endpoints().mysqlUrl());
    stage = FaultStage.set(servers, endpoints);
    key = stage.prefix() + "state";
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
  void ownerKilled(Repetition repetition) {
    load(repetition);
    RedisNode old = group.owner(key);
    long lost = System.nanoTime();
    old.kill();
    group.awaitOtherThan(old, key);
    goOn("kill -9 of the owner in a Cluster, " + repetition, lost);
    group.awaitWhole();
    stage.load().awaitAnswered(100);
    stage.assertNothingLost("kill -9 of the owner in a Cluster, " + repetition, home);
  }

  /** Whatever has arrived of the keys on the other node, nothing is decided before all has. */
  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void slotMigrated(Repetition repetition) {
    load(repetition);
    RedisNode target = group.otherPrimary(key);
    long begun = System.nanoTime();
    group.migrate(
        key,
        target,
        () -> {
          Until.isTrue(
              "attempts are refused", () -> service.management().status("GET", "/readyz") == 503);
          long refused = stage.load().refused();
          // Answers that were on their way are counted by then.
          Until.isTrue("many are refused", () -> stage.load().refused() > refused + 20 * CLIENTS);
          long answered = stage.load().answered();
          repetition.awaitMoment(Duration.ofSeconds(2));
          assertThat(stage.load().answered()).isEqualTo(answered);
        });
    assertThat(group.owner(key)).isSameAs(target);
    goOn("migration of the slot, " + repetition, begun);
    stage.assertNothingLost("migration of the slot, " + repetition, home);
  }

  /** Each has its own prefix, and so its own node, and its own database. */
  @Test
  void severalServicesShareACluster() {
    List<FaultStage> stages = new ArrayList<>();
    List<ServiceHome> homes = new ArrayList<>();
    try {
      for (int i = 0; i < SERVICES; i++) {
        FaultStage own = FaultStage.set(null, endpoints);
        stages.add(own);
        homes.add(own.home().with("SEKISHO_FLUSH_THRESHOLD", "2000"));
      }
      homes.forEach(each -> each.startReady("serve"));
      for (int i = 0; i < SERVICES; i++) {
        stages.get(i).load().start(CLIENTS / 2, homes.get(i).port());
      }
      stages.forEach(each -> each.load().awaitAnswered(1000));
      for (int i = 0; i < SERVICES; i++) {
        stages.get(i).assertNothingLost("one of four services on a Cluster", homes.get(i));
      }
    } finally {
      stages.forEach(FaultStage::close);
    }
  }

  private static void load(Repetition repetition) {
    group.awaitWhole();
    service.awaitReady();
    other.awaitReady();
    stage.load().start(CLIENTS, home.port(), otherHome.port());
    stage.load().awaitAnswered(300);
    repetition.awaitMoment(Duration.ofMillis(1200));
  }

  private static void goOn(String when, long begun) {
    double found = seconds(begun);
    service.awaitReady();
    other.awaitReady();
    stage.load().awaitAnswered(300);
    double answered = seconds(begun);
    stage.report(home);
    stage.report(otherHome);
    System.out.printf(
        "%s: another owner after %.1f s, 300 answers after %.1f s, reports after %.1f s%n",
        when, found, answered, seconds(begun));
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }
}
