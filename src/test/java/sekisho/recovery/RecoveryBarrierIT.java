package sekisho.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.login.Outcome.LOCKED;
import static sekisho.testing.Attempts.right;
import static sekisho.testing.Attempts.times;
import static sekisho.testing.Attempts.unknown;
import static sekisho.testing.Attempts.wrong;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sekisho.dev.seed.SeedRedis;
import sekisho.login.RecordedAttempt;
import sekisho.metrics.Event;
import sekisho.mysql.ServiceState;
import sekisho.redis.RecoveredAttempts;
import sekisho.testing.TestInstance;
import sekisho.testing.TestStores;

/**
 * All instances deliver what Redis lost before any goes on, and what may come between: late and
 * dead ones, a full Redis, repairs that fail, an init.
 */
@Timeout(60)
class RecoveryBarrierIT extends RecoveryTestBase {

  @AfterEach
  void letGo() {
    stores.redis("CONFIG", "SET", "maxmemory", "0");
    stores.sql("ROLLBACK");
  }

  private static RecordedAttempt attempt(long number) {
    return new RecordedAttempt(number, Instant.EPOCH, OptionalLong.of(1), "user1", HOME, false);
  }

  /**
   * As after the death of a Redis that had put off its writes: nobody may go on before everybody
   * has given back.
   */
  @Test
  void allInstancesGiveBackBeforeAnyGoesOn() {
    instance.open();
    instance.outcomes(List.of(right(5, "192.0.2.5"), right(6, "192.0.2.6")));
    try (TestInstance second = stores.instance().open()) {
      keep();
      List<TestInstance> inTurn = List.of(instance, second, instance, second, second);
      inTurn.forEach(each -> each.outcome(wrong(1, HOME)));
      second.outcome(right(2, "192.0.2.2"));
      instance.outcome(right(3, "192.0.2.3"));
      goBack();
      startedAnew();
      awaitOutcome(instance, right(1, "192.0.2.50"), LOCKED);
      awaitOutcome(second, right(1, "192.0.2.50"), LOCKED);
      instance.report();
      assertThat(stores.sql("SELECT id, user_id FROM login_log ORDER BY id"))
          .containsExactly(
              "1 5", "2 6", "3 1", "4 1", "5 1", "6 1", "7 1", "8 2", "9 3", "10 1", "11 1");
      assertThat(
              instance.metrics().total(Event.GIVEN_BACK) + second.metrics().total(Event.GIVEN_BACK))
          .isEqualTo(7);
      assertThat(instance.metrics().total(Event.REPAIR) + second.metrics().total(Event.REPAIR))
          .isEqualTo(1);
      assertThat(instance.metrics().total(Event.LOST) + second.metrics().total(Event.LOST))
          .isZero();
      assertThat(instance.verify().differences()).isEmpty();
    }
  }

  @Test
  void nobodyGoesOnBeforeTheLastHasHandedIn() {
    instance.open();
    instance.outcomes(times(2, wrong(1, HOME)));
    stores.sql("INSERT INTO instances VALUES ('slow:8080', 'another')");
    startedAnew();
    TestStores.await(
        "one of two has answered", () -> stores.redis("HLEN", KEYS.present()).toLong() == 1);
    assertThat(stores.redis("HGET", KEYS.state(), "generation")).isNull();
    RecoveredAttempts slow = new RecoveredAttempts(instance.stores().redis(), KEYS);
    List<RecordedAttempt> lost =
        List.of(new RecordedAttempt(3, Instant.EPOCH, OptionalLong.of(1), "user1", HOME, false));
    assertThat(
            slow.deliver("slow:8080", runId(), new RecoveredAttempts.Answer(3, 0), List.of(lost)))
        .isTrue();
    awaitOutcome(instance, right(1, "192.0.2.50"), LOCKED);
    assertThat(
            slow.deliver("slow:8080", runId(), new RecoveredAttempts.Answer(3, 0), List.of(lost)))
        .as("in time")
        .isFalse();
    instance.report();
    assertThat(stores.sql("SELECT id, ip FROM login_log ORDER BY id"))
        .containsExactly("1 " + HOME, "2 " + HOME, "3 " + HOME, "4 192.0.2.50");
  }

  /**
   * What was delivered to a Redis that came back to the middle of a recovery barrier says nothing
   * of what is missed now.
   */
  @Test
  void anAnswerToAnEarlierRollCallIsNone() {
    instance.open();
    stores.redis("HSET", KEYS.present(), "slow:8080", "another 7 0");
    stores.redis("HSET", KEYS.present(), "fast:8080", runId() + " 7 5");
    RecoveredAttempts recovered = new RecoveredAttempts(instance.stores().redis(), KEYS);
    assertThat(recovered.answers(runId()))
        .isEqualTo(Map.of("fast:8080", new RecoveredAttempts.Answer(7, 5)));
    assertThat(recovered.has("fast:8080", runId(), new RecoveredAttempts.Answer(7, 5))).isTrue();
    assertThat(recovered.has("slow:8080", runId(), new RecoveredAttempts.Answer(7, 0))).isFalse();
    stores.redis("DEL", KEYS.present());
  }

  @Test
  void aRedisThatWasStartedAnewWithAllItsDataGoesOnAsItIs() {
    instance.open();
    history();
    String before = epoch();
    try (TestInstance second = stores.instance().open()) {
      startedAnew();
      awaitOutcome(second, right(1, "192.0.2.50"), LOCKED);
      awaitOutcome(instance, right(1, "192.0.2.50"), LOCKED);
      // A former primary, were it one, must not go on beside it under the same epoch.
      assertThat(ServiceState.historyOf(epoch())).isEqualTo(ServiceState.historyOf(before));
      assertThat(epoch()).isNotEqualTo(before);
      assertThat(instance.metrics().total(Event.REPAIR) + second.metrics().total(Event.REPAIR))
          .isZero();
      assertThat(instance.verify().differences()).isEmpty();
    }
  }

  /**
   * What it answered would be missed, if it only were slow; so it is told, and asked again when it
   * comes back.
   */
  @Test
  void anInstanceThatDoesNotAnswerIsNotWaitedForTwice() {
    instance.open();
    instance.outcomes(times(3, wrong(1, HOME)));
    stores.sql("INSERT INTO instances VALUES ('dead:8080', 'another')");
    startedAnew();
    awaitOutcome(instance, right(1, "192.0.2.50"), LOCKED);
    assertThat(stores.sql("SELECT COUNT(*) FROM instances WHERE name = 'dead:8080'"))
        .containsExactly("0");
    assertThat(stores.number("SELECT COUNT(*) FROM instances")).isEqualTo(1);
    instance.close();
    assertThat(stores.number("SELECT COUNT(*) FROM instances")).isZero();
    instance = stores.instance();
  }

  /**
   * An instance that was late, with lost attempts whose numbers others got, must be able to finish
   * while others are busy.
   */
  @Test
  void lateAttemptsAreGivenBackThoughOthersAreFaster() {
    instance.open();
    for (int i = 0; i < 80; i++) {
      instance.outcomes(times(500, right(2, "192.0.2.2")));
    }
    instance.report();
    try (TestInstance second = stores.instance().open()) {
      keep();
      instance.outcomes(List.of(right(3, "192.0.2.3"), right(4, "192.0.2.4")));
      goBack();
      second.outcomes(times(5, right(2, "192.0.2.2")));
      AtomicBoolean ended = new AtomicBoolean();
      Thread load =
          new Thread(
              () -> {
                while (!ended.get()) {
                  second.decide(right(2, "192.0.2.2"));
                  LockSupport.parkNanos(1_000_000);
                }
              });
      load.start();
      try {
        stores.redis("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        TestStores.await(
            "given back",
            () ->
                instance.metrics().total(Event.GIVEN_BACK)
                        + second.metrics().total(Event.GIVEN_BACK)
                    == 2);
      } finally {
        ended.set(true);
      }
    }
  }

  /**
   * Who was removed from the table of instances the list while it was slow must be on it again
   * before it accepts attempts.
   */
  @Test
  void whoAcceptsAttemptsIsRegistered() {
    instance.open();
    stores.sql("BEGIN");
    stores.sql("SELECT * FROM service_state FOR UPDATE");
    try (TestInstance second = stores.instance()) {
      second.connect(second.guard());
      TestStores.await(
          "it is being admitted",
          () ->
              1
                  == instance
                      .stores()
                      .database()
                      .query(
                          "SELECT 1 FROM information_schema.processlist WHERE info LIKE '%FOR UPDATE%' AND id <> CONNECTION_ID()")
                      .size());
      stores.sql("DELETE FROM instances");
      stores.sql("COMMIT");
      second.awaitOpen();
      assertThat(stores.number("SELECT COUNT(*) FROM instances")).isEqualTo(1);
    }
  }

  /** Redis was started anew while it was full: the queue that fills it must still be moved. */
  @Test
  void aFullRedisThatWasStartedAnewRecovers() {
    instance.open();
    for (int i = 0; i < 40; i++) {
      instance.outcomes(times(500, unknown("x".repeat(255), HOME)));
    }
    long used =
        Long.parseLong(
            stores
                .redis("INFO", "memory")
                .toString()
                .lines()
                .filter(line -> line.startsWith("used_memory:"))
                .findFirst()
                .orElseThrow()
                .substring("used_memory:".length())
                .strip());
    stores.redis("HSET", KEYS.state(), "run_id", "the process before");
    stores.redis("CONFIG", "SET", "maxmemory", Long.toString(used - 2_000_000));
    stores.redis("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    TestStores.await("shut", () -> !instance.isOpen());
    instance.awaitOpen();
  }

  /** The same without a new start: what the recovery barrier changes. */
  @Test
  void aFullRedisRecovers() {
    instance.open();
    for (int i = 0; i < 40; i++) {
      instance.outcomes(times(500, unknown("x".repeat(255), HOME)));
    }
    long used =
        Long.parseLong(
            stores
                .redis("INFO", "memory")
                .toString()
                .lines()
                .filter(line -> line.startsWith("used_memory:"))
                .findFirst()
                .orElseThrow()
                .substring("used_memory:".length())
                .strip());
    stores.redis("CONFIG", "SET", "maxmemory", Long.toString(used - 2_000_000));
    stores.redis("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    TestStores.await(
        "decided",
        () -> {
          try {
            instance.outcome(wrong(1, HOME));
            return true;
          } catch (IllegalStateException e) {
            return false;
          }
        });
  }

  @Test
  void aLossIsToldOnceThoughTheRepairFailsFirst() {
    instance.close();
    instance = stores.instance(Map.of("SEKISHO_REDIS_RECENT_MB", "0"));
    instance.open();
    instance.outcome(wrong(1, HOME));
    instance.report();
    instance.outcomes(times(4, right(9, "192.0.2.9")));
    stores.sql("RENAME TABLE last_logins TO hidden");
    try {
      stores.redis("FLUSHALL");
      for (int tries = 0; tries < 2; tries++) {
        TestStores.await(
            "a repair that gets half-way",
            () -> stores.redis("DEL", KEYS.rebuilt().users()).toLong() == 1);
      }
    } finally {
      stores.sql("RENAME TABLE hidden TO last_logins");
    }
    TestStores.await("over", () -> stores.redis("HGET", KEYS.state(), "generation") != null);
    instance.awaitOpen();
    assertThat(instance.metrics().total(Event.LOST)).isEqualTo(4);
  }

  /** As when who repaired was killed after it had given back what was remembered. */
  @Test
  void aLossIsToldThoughWhoRepairedWasKilled() {
    instance.open();
    instance.close();
    stores.redis("FLUSHALL");
    stores.sql("INSERT INTO instances VALUES ('slow:8080', 'another')");
    instance = stores.instance();
    List<RecordedAttempt> remembered =
        LongStream.rangeClosed(8, 10).mapToObj(RecoveryBarrierIT::attempt).toList();
    new RecoveredAttempts(instance.stores().redis(), KEYS)
        .deliver("slow:8080", runId(), new RecoveredAttempts.Answer(10, 7), List.of(remembered));
    instance.stores().queue().append(0, remembered);
    stores.redis("HSET", KEYS.state(), "kept", "0");
    instance.open();
    assertThat(stores.loggedIds()).containsExactly(8L, 9L, 10L);
    assertThat(instance.metrics().total(Event.LOST)).isEqualTo(7);
  }

  /** SPEC section 9: the stores can be loaded with other data; rebuild then makes Redis fit. */
  @Test
  void otherDataAreNotMixedWithWhatAnInstanceRemembers() {
    instance.open();
    instance.outcomes(times(3, wrong(1, HOME)));
    instance.report();
    stores.sql("DELETE FROM login_log");
    stores.addLogRow(1, OptionalLong.of(7), "user7", HOME, false);
    stores.addLogRow(2, OptionalLong.of(7), "user7", HOME, false);
    instance.stores().rebuild().fromLog();
    TestStores.await("shut", () -> !instance.isOpen());
    instance.awaitOpen();
    instance.report();
    assertThat(stores.sql("SELECT user_id FROM login_log ORDER BY id")).containsExactly("7", "7");
  }

  @Test
  void anInstanceEndsThoughMySqlHangs() throws Exception {
    instance.open();
    stores.sql("LOCK TABLES instances WRITE");
    CompletableFuture<Void> closed = CompletableFuture.runAsync(instance::close);
    try {
      closed.get(12, TimeUnit.SECONDS);
    } finally {
      stores.sql("UNLOCK TABLES");
      instance = stores.instance();
    }
  }

  /**
   * An instance that delivers while init replaces Redis: nothing of the old history may come into
   * the new one.
   */
  @Test
  void whatIsHandedInDuringAnInitIsNotOfTheNewHistory() {
    instance.open();
    instance.close();
    instance = stores.instance();
    RecoveredAttempts recovered = new RecoveredAttempts(instance.stores().redis(), KEYS);
    stores.sql("UPDATE service_state SET generation = '', watermark = 0");
    stores.redis("FLUSHALL");
    stores.redis("HSET", KEYS.state(), "sequence", "2", "directory", "0");
    recovered.deliver(
        "slow:8080", runId(), new RecoveredAttempts.Answer(5, 0), List.of(List.of(attempt(5))));
    new SeedRedis(instance.stores().redis(), KEYS).finish("another");
    stores.sql("UPDATE service_state SET generation = 'another'");
    // As when Redis is started anew: only then does anybody look at what was delivered.
    stores.redis("HSET", KEYS.state(), "run_id", "of the former process");
    instance.open();
    instance.report();
    assertThat(stores.loggedIds()).isEmpty();
  }

  /** The old process still flushes when the new one has its port already. */
  @Test
  @SuppressWarnings("try")
  void anInstanceThatEndsDoesNotUnregisterItsSuccessor() {
    Map<String, String> port = Map.of("SEKISHO_HTTP_PORT", "18080");
    TestInstance old = stores.instance(port).open();
    try (TestInstance next = stores.instance(port).open()) {
      old.close();
      assertThat(stores.number("SELECT COUNT(*) FROM instances")).isEqualTo(1);
    }
  }
}
