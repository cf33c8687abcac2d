package sekisho.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sekisho.login.Outcome.BANNED;
import static sekisho.login.Outcome.LOCKED;
import static sekisho.login.Outcome.SUCCESS;
import static sekisho.login.Outcome.WRONG;
import static sekisho.testing.Attempts.right;
import static sekisho.testing.Attempts.times;
import static sekisho.testing.Attempts.wrong;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import sekisho.login.Attempt;
import sekisho.login.StoreUnavailableException;
import sekisho.metrics.Event;
import sekisho.mysql.DatabaseException;
import sekisho.testing.TestInstance;
import sekisho.testing.TestStores;
import sekisho.testing.Waiting;

/** Attempts are accepted only while Redis holds the history of MySQL (SPEC section 6). */
class RecoveryStateMachineIT extends RecoveryTestBase {

  /** Puts MySQL back to what it was so many attempts ago. */
  private static void restoreOlderBackup(int attempts) {
    long watermark = stores.number("SELECT watermark FROM service_state") - attempts;
    stores.sql("DELETE FROM login_log WHERE id > " + watermark);
    stores.sql("UPDATE service_state SET watermark = " + watermark);
    stores.sql("UPDATE user_failures SET failures = failures - " + attempts);
    stores.sql("UPDATE address_failures SET failures = failures - " + attempts);
  }

  @Test
  void aMySqlThatWasPutBackToAnOlderBackupIsNotTakenForTheWholeHistory() {
    instance.open();
    instance.outcomes(times(5, wrong(1, HOME)));
    instance.report();
    restoreOlderBackup(2);
    String problem =
        "MySQL has attempts up to 3 only, though it had them up to 5 before: restore a backup that is not older, "
            + "or run `make rebuild` to go on without those";
    instance.outcome(wrong(1, HOME));
    assertThatThrownBy(instance::report).hasRootCauseMessage(problem);
    assertThat(stores.loggedIds()).containsExactly(1L, 2L, 3L);
    // Else it gives back what it remembers.
    instance.close();
    instance = stores.instance();
    assertThatThrownBy(() -> instance.recovery().admit("", 0, ""))
        .isInstanceOf(DatabaseException.class)
        .hasMessage(problem);
    instance.stores().rebuild().fromLog();
    instance.open();
    assertThat(instance.outcome(wrong(1, HOME))).isEqualTo(LOCKED);
    instance.report();
    assertThat(instance.verify().differences()).isEmpty();
    assertThat(stores.loggedIds()).containsExactly(1L, 2L, 3L, 6L, 7L);
  }

  private void assertHistoryHolds(TestInstance asked) {
    assertThat(asked.verify().differences()).isEmpty();
    assertThat(asked.outcome(right(1, "192.0.2.50"))).isEqualTo(LOCKED);
    assertThat(asked.outcome(right(2, "192.0.2.10"))).isEqualTo(BANNED);
    assertThat(Waiting.on(asked.lastLogins(2)).orElseThrow().shown().address())
        .isEqualTo("192.0.2.8");
  }

  @Test
  void anEmptyRedisGetsItsCountersFromMySql() {
    instance.open();
    history();
    instance.report();
    instance.close();
    stores.redis("FLUSHALL");
    instance = stores.instance().open();
    assertHistoryHolds(instance);
    instance.report();
    assertThat(stores.loggedIds())
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 20).boxed().toList());
  }

  @Test
  void aRedisThatIsEmptiedUnderARunningStoreIsRepaired() {
    instance.open();
    history();
    instance.report();
    String before = epoch();
    stores.redis("FLUSHALL");
    awaitOutcome(instance, right(1, "192.0.2.50"), LOCKED);
    assertThat(instance.metrics().total(Event.REPAIR)).isEqualTo(1);
    assertThat(instance.metrics().total(Event.LOST)).isZero();
    assertThat(epoch()).isNotEqualTo(before);
    assertHistoryHolds(instance);
    instance.report();
    assertThat(stores.loggedIds())
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 21).boxed().toList());
    assertThat(instance.verify().differences()).isEmpty();
  }

  /** Without an attempt's help too, or a service without traffic would stay not ready. */
  @Test
  void aRedisThatIsEmptiedIsRepairedWithoutAnAttempt() {
    instance.open();
    String before = epoch();
    stores.redis("FLUSHALL");
    TestStores.await(
        "a repair",
        () ->
            stores.redis("HGET", KEYS.state(), "generation") != null
                && instance.metrics().total(Event.REPAIR) == 1);
    instance.awaitOpen();
    assertThat(epoch()).isNotEqualTo(before);
  }

  @Test
  void attemptsThatRedisLostBeforeTheyReachedMySqlAreGivenBackToIt() {
    instance.open();
    history();
    instance.report();
    instance.outcomes(times(4, right(9, "192.0.2.9")));
    instance.outcomes(times(2, wrong(4, "192.0.2.4")));
    stores.redis("FLUSHALL");
    awaitOutcome(instance, right(1, "192.0.2.50"), LOCKED);
    assertThat(instance.metrics().total(Event.GIVEN_BACK)).isEqualTo(6);
    assertThat(instance.metrics().total(Event.LOST)).isZero();
    assertThat(instance.outcome(wrong(4, "192.0.2.4"))).isEqualTo(WRONG);
    assertThat(instance.outcome(wrong(4, "192.0.2.4"))).isEqualTo(LOCKED);
    assertThat(Waiting.on(instance.lastLogins(9))).isPresent();
    instance.report();
    assertThat(stores.sql("SELECT user_id FROM login_log WHERE id > 18 ORDER BY id"))
        .containsExactly("9", "9", "9", "9", "4", "4", "1", "4", "4");
    assertThat(instance.verify().differences()).isEmpty();
  }

  /** What Redis lost with its queue half moved: the part that MySQL has must not come twice. */
  @Test
  void whatMySqlHasIsNotGivenBack() {
    instance.open();
    List<Attempt> attempts =
        IntStream.range(0, 50).mapToObj(i -> wrong(100 + i, HOME + i % 7)).toList();
    instance.outcomes(attempts.subList(0, 20));
    instance.report();
    instance.outcomes(attempts.subList(20, 50));
    stores.redis("FLUSHALL");
    awaitOutcome(instance, right(1, "192.0.2.50"), SUCCESS);
    instance.report();
    assertThat(instance.metrics().total(Event.GIVEN_BACK)).isEqualTo(30);
    assertThat(stores.sql("SELECT user_id FROM login_log WHERE user_id >= 100 ORDER BY id"))
        .containsExactlyElementsOf(IntStream.range(100, 150).mapToObj(Integer::toString).toList());
  }

  /**
   * Nothing shows the other instance that Redis was set back: the one that was told the lost
   * numbers has to see it.
   */
  @Test
  void anInstanceGivesBackWhatItAnsweredThoughAnotherOneWentOn() {
    instance.open();
    instance.outcomes(times(2, wrong(1, HOME)));
    try (TestInstance second = stores.instance().open()) {
      keep();
      second.outcomes(List.of(right(3, "192.0.2.3"), wrong(4, "192.0.2.4")));
      goBack();
      instance.outcomes(times(5, right(2, "192.0.2.2")));
      stores.redis("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
      TestStores.await("the loss is repaired", () -> second.metrics().total(Event.GIVEN_BACK) == 2);
      TestStores.await("both accept attempts", () -> instance.isOpen() && second.isOpen());
      instance.report();
      assertThat(stores.sql("SELECT user_id FROM login_log ORDER BY id"))
          .containsExactly("1", "1", "2", "2", "2", "2", "2", "3", "4");
      assertThat(
              instance.metrics().total(Event.GIVEN_BACK)
                  + instance.metrics().total(Event.LOST)
                  + second.metrics().total(Event.LOST))
          .isZero();
      assertThat(instance.verify().differences()).isEmpty();
    }
  }

  @Test
  void theAttemptsOfAHistoryThatWasReplacedAreNotGivenBack() {
    instance.open();
    instance.outcomes(times(2, wrong(1, HOME)));
    stores.redis("FLUSHALL");
    stores.sql("UPDATE service_state SET generation = 'another history'");
    awaitOutcome(instance, right(2, HOME), SUCCESS);
    instance.report();
    assertThat(stores.sql("SELECT user_id FROM login_log")).containsExactly("2");
    assertThat(instance.metrics().total(Event.GIVEN_BACK)).isZero();
  }

  @Test
  void attemptsThatAreNotRememberedAnyMoreAreCountedAsLost() {
    instance.close();
    instance = stores.instance(Map.of("SEKISHO_REDIS_RECENT_MB", "0"));
    instance.open();
    history();
    instance.report();
    instance.outcomes(times(4, right(9, "192.0.2.9")));
    stores.redis("FLUSHALL");
    awaitOutcome(instance, right(1, "192.0.2.50"), LOCKED);
    assertThat(instance.metrics().total(Event.LOST)).isEqualTo(4);
    instance.report();
    assertThat(stores.loggedIds()).hasSize(19).doesNotHaveDuplicates();
    assertThat(instance.verify().differences()).isEmpty();
  }

  @Test
  void aRedisOlderThanMySqlIsRepairedBeforeNumbersAreGivenOutTwice() {
    instance.open();
    instance.outcomes(times(3, right(1, HOME)));
    keep();
    history();
    instance.report();
    instance.close();
    goBack();
    instance = stores.instance().open();
    assertThat(instance.metrics().total(Event.REPAIR)).isEqualTo(1);
    assertHistoryHolds(instance);
    instance.report();
    assertThat(stores.loggedIds())
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 23).boxed().toList());
    assertThat(instance.verify().differences()).isEmpty();
  }

  @Test
  void aRedisOlderThanWhatThisProcessWasToldIsRepaired() {
    instance.open();
    instance.outcomes(times(2, wrong(1, HOME)));
    instance.report();
    instance.outcomes(times(3, right(2, "192.0.2.2")));
    keep();
    instance.outcomes(times(2, right(3, "192.0.2.3")));
    goBack();
    stores.redis("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    TestStores.await("the loss is found", () -> instance.metrics().total(Event.GIVEN_BACK) == 2);
    instance.awaitOpen();
    assertThat(instance.outcome(wrong(1, HOME))).isEqualTo(WRONG);
    assertThat(instance.outcome(wrong(1, HOME))).isEqualTo(LOCKED);
    instance.report();
    assertThat(stores.sql("SELECT user_id FROM login_log ORDER BY id"))
        .containsExactly("1", "1", "2", "2", "2", "3", "3", "1", "1");
    assertThat(instance.verify().differences()).isEmpty();
  }

  /**
   * Also what a crash leaves that comes after the counters were published and before MySQL knew.
   */
  @Test
  void aRedisOfAnotherEpochIsRepairedWithWhatWaitsInItsQueue() {
    instance.open();
    instance.report();
    history();
    stores.redis("HSET", KEYS.state(), "generation", "another");
    awaitOutcome(instance, right(1, "192.0.2.50"), LOCKED);
    assertThat(epoch()).isNotEqualTo("another");
    assertHistoryHolds(instance);
    instance.report();
    assertThat(stores.loggedIds())
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 21).boxed().toList());
  }

  @RepeatedTest(4)
  void instancesThatRepairAtOnceAgreeOnOneEpoch() {
    instance.open();
    try (TestInstance second = stores.instance().open();
        TestInstance third = stores.instance().open()) {
      history();
      instance.report();
      List<TestInstance> all = List.of(instance, second, third);
      for (int round = 0; round < 3; round++) {
        long repairs = all.stream().mapToLong(each -> each.metrics().total(Event.REPAIR)).sum();
        stores.redis("FLUSHALL");
        all.forEach(each -> each.decideTogether(List.of(wrong(1, HOME))));
        all.forEach(each -> awaitOutcome(each, right(1, "192.0.2.50"), LOCKED));
        assertThat(
                all.stream().mapToLong(each -> each.metrics().total(Event.REPAIR)).sum() - repairs)
            .isBetween(1L, 3L);
        instance.report();
      }
      epoch();
      assertThat(instance.verify().differences()).isEmpty();
      assertThat(stores.loggedIds()).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(27);
    }
  }

  @Test
  void usersAndALogThatWerePutThereByHandAreTakenIntoUse() {
    for (long user : new long[] {1, 2, 3}) {
      stores.addUser(user, "user" + user);
    }
    long id = 5;
    for (int i = 0; i < 4; i++) {
      stores.addLogRow(id += 3, OptionalLong.of(1), "user1", HOME, false);
    }
    stores.addLogRow(id += 3, OptionalLong.of(2), "user2", "192.0.2.8", true);
    stores.addLogRow(id += 3, OptionalLong.of(2), "user2", "192.0.2.9", true);
    for (int i = 0; i < 10; i++) {
      stores.addLogRow(id += 3, OptionalLong.empty(), "nobody", "192.0.2.10", false);
    }
    instance.open();
    assertThat(instance.users().current().size()).isEqualTo(3);
    assertThat(stores.number("SELECT watermark FROM service_state")).isEqualTo(id);
    assertHistoryHolds(instance);
    assertThat(instance.report())
        .isEqualTo("{\"banned_ips\":[\"192.0.2.10\"],\"locked_users\":[\"user1\"]}");
    assertThat(stores.loggedIds()).endsWith(id, id + 1, id + 2);
  }

  @RepeatedTest(3)
  void instancesThatStartAtOnceOnAnUnusedDatabaseAgree() {
    stores.addLogRow(7, OptionalLong.of(1), "user1", HOME, false);
    try (TestInstance second = stores.instance();
        TestInstance third = stores.instance()) {
      List<TestInstance> all = List.of(instance, second, third);
      all.forEach(each -> each.connect(each.guard()));
      all.forEach(TestInstance::awaitOpen);
      all.forEach(each -> awaitOutcome(each, right(2, "192.0.2.2"), SUCCESS));
      epoch();
      assertThat(instance.verify().differences()).isEmpty();
    }
  }

  @Test
  void rowsThatNobodyCountedAreSaidAndKeepTheDoorShut() {
    instance.open();
    instance.outcome(wrong(1, HOME));
    instance.report();
    stores.addLogRow(9, OptionalLong.of(1), "user1", HOME, false);
    assertThatThrownBy(() -> instance.recovery().admit("", 0, ""))
        .isInstanceOf(DatabaseException.class)
        .hasMessage(
            "login_log goes up to id 9 but only ids up to 1 are counted: run `make rebuild`");
    instance.stores().rebuild().fromLog();
    instance.awaitOpen();
    awaitOutcome(instance, wrong(1, HOME), WRONG);
    awaitOutcome(instance, wrong(1, HOME), LOCKED);
    assertThat(instance.verify().differences()).isEmpty();
  }

  @Test
  void storesThatAreBeingReplacedAreWaitedFor() {
    instance.open();
    instance.outcome(wrong(1, HOME));
    String epoch = epoch();
    stores.sql("UPDATE service_state SET generation = ''");
    stores.redis("HDEL", KEYS.state(), "generation");
    assertThatThrownBy(() -> instance.recovery().admit(epoch, 1, epoch))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessage("the stores are being replaced; if `make init` was interrupted, run it again");
    assertThatThrownBy(() -> instance.outcome(wrong(1, HOME)))
        .hasCauseInstanceOf(StoreUnavailableException.class);
    TestStores.await("the epoch fence is closed", () -> !instance.isOpen());
    assertThat(stores.redis("HGET", KEYS.state(), "generation")).isNull();
    stores.redis("HSET", KEYS.state(), "generation", "replaced");
    stores.sql("UPDATE service_state SET generation = 'replaced'");
    instance.awaitOpen();
    assertThat(instance.outcome(wrong(1, HOME))).isEqualTo(WRONG);
    assertThat(instance.metrics().total(Event.REPAIR)).isZero();
  }

  @Test
  void aSoundRedisIsLeftAlone() {
    instance.open();
    history();
    String before = stores.redisContent();
    try (TestInstance second = stores.instance().open()) {
      assertThat(stores.redisContent()).isEqualTo(before);
      assertThat(second.metrics().total(Event.REPAIR)).isZero();
    }
  }

  @Test
  void aMissingSchemaIsSaid() {
    stores.sql("RENAME TABLE service_state TO hidden");
    try {
      assertThatThrownBy(() -> instance.recovery().admit("", 0, ""))
          .isInstanceOf(DatabaseException.class)
          .hasMessageContaining("load sql/schema.sql into this database, or run `make init`");
    } finally {
      stores.sql("RENAME TABLE hidden TO service_state");
    }
  }
}
