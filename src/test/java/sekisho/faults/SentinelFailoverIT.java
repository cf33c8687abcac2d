package sekisho.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.testing.RedisNode;
import sekisho.testing.SentinelGroup;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceProcess;
import sekisho.testing.Signals;
import sekisho.testing.Until;

/**
 * The primary of a Sentinel group is lost under load on two instances, in several ways, and comes
 * back as a replica: what was answered is there, once and in order.
 */
class SentinelFailoverIT extends FailoverTestBase {

  private static SentinelGroup group;

  @BeforeAll
  static void start() {
    group = SentinelGroup.start();
    start(group.url());
  }

  @AfterAll
  static void closeGroup() {
    group.close();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void primaryKilled(Repetition repetition) {
    RedisNode old = loadedPrimary(repetition);
    long lost = System.nanoTime();
    old.kill();
    goOn("kill -9 of the primary, " + repetition, old, lost);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  @EnabledIfSystemProperty(named = Repetition.COUNT, matches = ".+")
  void primaryFrozen(Repetition repetition) {
    RedisNode old = loadedPrimary(repetition);
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
    RedisNode old = loadedPrimary(repetition);
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

  private static RedisNode loadedPrimary(Repetition repetition) {
    group.awaitWhole();
    load(repetition);
    return group.primary();
  }

  private static void goOn(String when, RedisNode old, long lost) {
    group.awaitOtherThan(old);
    awaitServed(when, lost);
    // Back as a replica.
    group.awaitWhole();
    stage.load().awaitAnswered(100);
    stage.assertNothingLost(when, home);
  }
}
