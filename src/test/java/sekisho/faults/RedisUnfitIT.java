package sekisho.faults;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.testing.RedisProbe;
import sekisho.testing.Until;

/**
 * A Redis that becomes what it must not be while the service runs: attempts are refused until it is
 * fit again.
 */
class RedisUnfitIT extends FaultTestBase {

  private static final int CLIENTS = 12;

  private static RedisProbe redis;

  @BeforeAll
  static void start() {
    stage = FaultStage.set();
    redis = new RedisProbe(stage.stores().redisUrl());
    home = stage.home();
    service = home.startReady("serve");
  }

  @AfterAll
  static void close() {
    redis.close();
  }

  private static void awaitRefusals() {
    long refused = stage.load().refused();
    Until.isTrue("attempts are refused", () -> stage.load().refused() >= refused + 5 * CLIENTS);
  }

  /** It may have dropped counters, so they are made anew before attempts are accepted again. */
  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void itMayDropCounters(Repetition repetition) {
    stage.load().start(CLIENTS, home.port());
    stage.load().awaitAnswered(200);
    redis.send("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
    try {
      Until.isTrue(
          "attempts are not accepted", () -> service.management().status("GET", "/readyz") == 503);
      redis.send("DEL", stage.stores().prefix() + "failures:user");
      awaitRefusals();
      Until.isTrue(
          "it says why",
          () ->
              service
                  .out()
                  .contains("no attempts are accepted: Redis has maxmemory-policy allkeys-lru"));
    } finally {
      redis.send("CONFIG", "SET", "maxmemory-policy", "noeviction");
    }
    stage.load().awaitAnswered(200);
    stage.assertNothingLost("maxmemory-policy changed for a while, " + repetition, home);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(Repetition.ALL)
  void itIsAReplica(Repetition repetition) {
    stage.load().start(CLIENTS, home.port());
    stage.load().awaitAnswered(200);
    redis.send("REPLICAOF", "127.0.0.1", "1");
    try {
      awaitRefusals();
      assertThat(service.out()).contains("Redis refuses attempts: ").contains("READONLY");
      redis.send("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
      Until.isTrue(
          "it says why",
          () ->
              service
                  .out()
                  .contains(
                      "no attempts are accepted: Redis is a replica: point sekisho.redis.url to its master"));
    } finally {
      redis.send("REPLICAOF", "NO", "ONE");
    }
    stage.load().awaitAnswered(200);
    stage.assertNothingLost("Redis a replica for a while, " + repetition, home);
  }
}
