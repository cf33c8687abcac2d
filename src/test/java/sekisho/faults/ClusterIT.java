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
import sekisho.testing.Until;

/**
 * A Redis Cluster under load on two instances: the node that owns the service's keys is lost, and
 * the keys are handed to another node.
 */
class ClusterIT extends FailoverTestBase {

  private static final int SERVICES = 4;

  private static ClusterGroup group;
  private static Endpoints endpoints;
  private static String key;

  @BeforeAll
  static void start() {
    group = ClusterGroup.start();
    endpoints = start(group.url());
    key = stage.prefix() + "state";
  }

  @AfterAll
  static void closeGroup() {
    group.close();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void ownerKilled(Repetition repetition) {
    group.awaitWhole();
    load(repetition);
    RedisNode old = group.owner(key);
    long lost = System.nanoTime();
    old.kill();
    group.awaitOtherThan(old, key);
    awaitServed("kill -9 of the owner in a Cluster, " + repetition, lost);
    group.awaitWhole();
    stage.load().awaitAnswered(100);
    stage.assertNothingLost("kill -9 of the owner in a Cluster, " + repetition, home);
  }

  /** Whatever has arrived of the keys on the other node, nothing is decided before all has. */
  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void slotMigrated(Repetition repetition) {
    group.awaitWhole();
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
    awaitServed("migration of the slot, " + repetition, begun);
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
}
