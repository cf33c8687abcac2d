package sekisho.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sekisho.login.Outcome.BANNED;
import static sekisho.login.Outcome.LOCKED;
import static sekisho.login.Outcome.SUCCESS;
import static sekisho.login.Outcome.WRONG;
import static sekisho.testing.Attempts.right;
import static sekisho.testing.Attempts.times;
import static sekisho.testing.Attempts.unknown;
import static sekisho.testing.Attempts.wrong;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import sekisho.login.Attempt;
import sekisho.login.RecordedAttempt;
import sekisho.login.StoreUnavailableException;
import sekisho.mysql.DatabaseException;
import sekisho.redis.HandIns;
import sekisho.redis.RedisKeys;
import sekisho.testing.TestInstance;
import sekisho.testing.TestStores;
import sekisho.testing.Waiting;

/** Attempts are accepted only while Redis holds the history of MySQL (SPEC section 6). */
class StoreAdmissionIT {

  private static final String HOME = "192.0.2.1";
  private static final RedisKeys KEYS = TestStores.KEYS;

  private static TestStores stores;
  private TestInstance instance;

  @BeforeAll
  static void start() {
    stores = TestStores.empty();
  }

  @AfterAll
  static void stop() {
    stores.close();
  }

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
    String problem = "MySQL has attempts up to 3 only, though it had them up to 5 before: restore a backup that is not older, "
        + "or run `make rebuild` to go on without those";
    instance.outcome(wrong(1, HOME));
    assertThatThrownBy(instance::report).hasRootCauseMessage(problem);
    assertThat(stores.loggedIds()).containsExactly(1L, 2L, 3L);
    // Else it gives back what it remembers.
    instance.close();
    instance = stores.instance();
    assertThatThrownBy(() -> instance.admission().admit("", 0)).isInstanceOf(DatabaseException.class).hasMessage(problem);
    instance.stores().rebuild().fromLog();
    instance.open();
    assertThat(instance.outcome(wrong(1, HOME))).isEqualTo(LOCKED);
    instance.report();
    assertThat(instance.verify().differences()).isEmpty();
    assertThat(stores.loggedIds()).containsExactly(1L, 2L, 3L, 6L, 7L);
  }

  @BeforeEach
  void make() {
    stores.clear();
    instance = stores.instance();
  }

  @AfterEach
  void close() {
    instance.close();
  }

  /** Locks user 1, bans one address, lets user 2 in twice: 18 attempts. */
  private void history() {
    instance.outcomes(List.of(right(2, "192.0.2.8"), right(2, "192.0.2.9"), wrong(3, "192.0.2.7")));
    instance.outcomes(times(5, wrong(1, HOME)));
    instance.outcomes(times(10, unknown("nobody", "192.0.2.10")));
  }

  private void assertHistoryHolds(TestInstance asked) {
    assertThat(asked.verify().differences()).isEmpty();
    assertThat(asked.outcome(right(1, "192.0.2.50"))).isEqualTo(LOCKED);
    assertThat(asked.outcome(right(2, "192.0.2.10"))).isEqualTo(BANNED);
    assertThat(Waiting.on(asked.lastLogins(2)).orElseThrow().shown().address())
        .isEqualTo("192.0.2.8");
  }

  private static String generation() {
    String inRedis = stores.redis("HGET", KEYS.state(), "generation").toString();
    assertThat(stores.sql("SELECT generation FROM service_state")).containsExactly(inRedis);
    return inRedis;
  }

  /** An attempt may be refused while Redis is repaired; never may it be told an outcome of another history. */
  private static void awaitOutcome(TestInstance asked, Attempt attempt, Object outcome) {
    TestStores.await("an outcome", () -> {
      try {
        assertThat(asked.outcome(attempt)).isEqualTo(outcome);
        return true;
      } catch (IllegalStateException e) {
        assertThat(e).hasCauseInstanceOf(StoreUnavailableException.class);
        return false;
      }
    });
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
    assertThat(stores.loggedIds()).containsExactlyElementsOf(LongStream.rangeClosed(1, 20).boxed().toList());
  }

  @Test
  void aRedisThatIsEmptiedUnderARunningStoreIsRepaired() {
    instance.open();
    history();
    instance.report();
    String before = generation();
    stores.redis("FLUSHALL");
    awaitOutcome(instance, right(1, "192.0.2.50"), LOCKED);
    assertThat(instance.metrics().repairs()).isEqualTo(1);
    assertThat(instance.metrics().lost()).isZero();
    assertThat(generation()).isNotEqualTo(before);
    assertHistoryHolds(instance);
    instance.report();
    assertThat(stores.loggedIds()).containsExactlyElementsOf(LongStream.rangeClosed(1, 21).boxed().toList());
    assertThat(instance.verify().differences()).isEmpty();
  }

  /** Without an attempt's help too, or a service without traffic would stay not ready. */
  @Test
  void aRedisThatIsEmptiedIsRepairedWithoutAnAttempt() {
    instance.open();
    String before = generation();
    stores.redis("FLUSHALL");
    TestStores.await("a repair", () -> stores.redis("HGET", KEYS.state(), "generation") != null
        && instance.metrics().repairs() == 1);
    instance.awaitOpen();
    assertThat(generation()).isNotEqualTo(before);
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
    assertThat(instance.metrics().givenBack()).isEqualTo(6);
    assertThat(instance.metrics().lost()).isZero();
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
    List<Attempt> attempts = IntStream.range(0, 50).mapToObj(i -> wrong(100 + i, HOME + i % 7)).toList();
    instance.outcomes(attempts.subList(0, 20));
    instance.report();
    instance.outcomes(attempts.subList(20, 50));
    stores.redis("FLUSHALL");
    awaitOutcome(instance, right(1, "192.0.2.50"), SUCCESS);
    instance.report();
    assertThat(instance.metrics().givenBack()).isEqualTo(30);
    assertThat(stores.sql("SELECT user_id FROM login_log WHERE user_id >= 100 ORDER BY id"))
        .containsExactlyElementsOf(IntStream.range(100, 150).mapToObj(Integer::toString).toList());
  }

  /** Nothing shows the other instance that Redis was set back: the one that was told the lost numbers has to see it. */
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
      TestStores.await("the loss is repaired", () -> second.metrics().givenBack() == 2);
      TestStores.await("both accept attempts", () -> instance.isOpen() && second.isOpen());
      instance.report();
      assertThat(stores.sql("SELECT user_id FROM login_log ORDER BY id"))
          .containsExactly("1", "1", "2", "2", "2", "2", "2", "3", "4");
      assertThat(instance.metrics().givenBack() + instance.metrics().lost() + second.metrics().lost()).isZero();
      assertThat(instance.verify().differences()).isEmpty();
    }
  }

  /** As after the death of a Redis that had put off its writes: nobody may go on before everybody has given back. */
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
          .containsExactly("1 5", "2 6", "3 1", "4 1", "5 1", "6 1", "7 1", "8 2", "9 3", "10 1", "11 1");
      assertThat(instance.metrics().givenBack() + second.metrics().givenBack()).isEqualTo(7);
      assertThat(instance.metrics().repairs() + second.metrics().repairs()).isEqualTo(1);
      assertThat(instance.metrics().lost() + second.metrics().lost()).isZero();
      assertThat(instance.verify().differences()).isEmpty();
    }
  }

  @Test
  void nobodyGoesOnBeforeTheLastHasHandedIn() {
    instance.open();
    instance.outcomes(times(2, wrong(1, HOME)));
    stores.sql("INSERT INTO instances VALUES ('slow:8080', 'another')");
    startedAnew();
    TestStores.await("one of two has answered", () -> stores.redis("HLEN", KEYS.present()).toLong() == 1);
    assertThat(stores.redis("HGET", KEYS.state(), "generation")).isNull();
    HandIns slow = new HandIns(instance.stores().redis(), KEYS);
    List<RecordedAttempt> lost = List.of(
        new RecordedAttempt(3, Instant.EPOCH, OptionalLong.of(1), "user1", HOME, false));
    assertThat(slow.handIn("slow:8080", server(), new HandIns.Answer(3, 0), lost)).isTrue();
    awaitOutcome(instance, right(1, "192.0.2.50"), LOCKED);
    assertThat(slow.handIn("slow:8080", server(), new HandIns.Answer(3, 0), lost)).as("in time").isFalse();
    instance.report();
    assertThat(stores.sql("SELECT id, ip FROM login_log ORDER BY id"))
        .containsExactly("1 " + HOME, "2 " + HOME, "3 " + HOME, "4 192.0.2.50");
  }

  private static String server() {
    return stores.redis("INFO", "server").toString().lines().filter(line -> line.startsWith("run_id:"))
        .map(line -> line.substring("run_id:".length()).strip()).findFirst().orElseThrow();
  }

  /** What was handed in to a Redis that came back to the middle of a roll call says nothing of what is missed now. */
  @Test
  void anAnswerToAnEarlierRollCallIsNone() {
    instance.open();
    stores.redis("HSET", KEYS.present(), "slow:8080", "another 7 0");
    stores.redis("HSET", KEYS.present(), "fast:8080", server() + " 7 5");
    HandIns handIns = new HandIns(instance.stores().redis(), KEYS);
    assertThat(handIns.answers(server())).isEqualTo(Map.of("fast:8080", new HandIns.Answer(7, 5)));
    assertThat(handIns.has("fast:8080", server(), new HandIns.Answer(7, 5))).isTrue();
    assertThat(handIns.has("slow:8080", server(), new HandIns.Answer(7, 0))).isFalse();
    stores.redis("DEL", KEYS.present());
  }

  @Test
  void aRedisThatWasStartedAnewWithAllItsDataGoesOnAsItIs() {
    instance.open();
    history();
    String before = generation();
    try (TestInstance second = stores.instance().open()) {
      startedAnew();
      awaitOutcome(second, right(1, "192.0.2.50"), LOCKED);
      awaitOutcome(instance, right(1, "192.0.2.50"), LOCKED);
      assertThat(generation()).isEqualTo(before);
      assertThat(instance.metrics().repairs() + second.metrics().repairs()).isZero();
      assertThat(instance.verify().differences()).isEmpty();
    }
  }

  /** What it answered would be missed, if it only were slow; so it is told, and asked again when it comes back. */
  @Test
  void anInstanceThatDoesNotAnswerIsNotWaitedForTwice() {
    instance.open();
    instance.outcomes(times(3, wrong(1, HOME)));
    stores.sql("INSERT INTO instances VALUES ('dead:8080', 'another')");
    startedAnew();
    awaitOutcome(instance, right(1, "192.0.2.50"), LOCKED);
    assertThat(stores.sql("SELECT COUNT(*) FROM instances WHERE name = 'dead:8080'")).containsExactly("0");
    assertThat(stores.number("SELECT COUNT(*) FROM instances")).isEqualTo(1);
    instance.close();
    assertThat(stores.number("SELECT COUNT(*) FROM instances")).isZero();
    instance = stores.instance();
  }

  /** To whoever asks it, Redis is another process than the one that attempts were last accepted by. */
  private static void startedAnew() {
    stores.redis("HSET", KEYS.state(), "server", "the process before");
    stores.redis("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
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
    assertThat(instance.metrics().givenBack()).isZero();
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
    assertThat(instance.metrics().lost()).isEqualTo(4);
    instance.report();
    assertThat(stores.loggedIds()).hasSize(19).doesNotHaveDuplicates();
    assertThat(instance.verify().differences()).isEmpty();
  }

  private static final List<String> ALL = List.of(KEYS.state(), KEYS.addresses(), KEYS.users(), KEYS.logins(),
      KEYS.queue());

  private static void keep() {
    ALL.stream().filter(key -> stores.redis("EXISTS", key).toLong() == 1)
        .forEach(key -> stores.redis("COPY", key, "kept" + key));
  }

  private static void goBack() {
    for (String key : ALL) {
      stores.redis("DEL", key);
      if (stores.redis("EXISTS", "kept" + key).toLong() == 1) {
        stores.redis("RENAME", "kept" + key, key);
      }
    }
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
    assertThat(instance.metrics().repairs()).isEqualTo(1);
    assertHistoryHolds(instance);
    instance.report();
    assertThat(stores.loggedIds()).containsExactlyElementsOf(LongStream.rangeClosed(1, 23).boxed().toList());
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
    TestStores.await("the loss is found", () -> instance.metrics().givenBack() == 2);
    instance.awaitOpen();
    assertThat(instance.outcome(wrong(1, HOME))).isEqualTo(WRONG);
    assertThat(instance.outcome(wrong(1, HOME))).isEqualTo(LOCKED);
    instance.report();
    assertThat(stores.sql("SELECT user_id FROM login_log ORDER BY id"))
        .containsExactly("1", "1", "2", "2", "2", "3", "3", "1", "1");
    assertThat(instance.verify().differences()).isEmpty();
  }

  /** Also what a crash leaves that comes after the counters were published and before MySQL knew. */
  @Test
  void aRedisOfAnotherGenerationIsRepairedWithWhatWaitsInItsQueue() {
    instance.open();
    instance.report();
    history();
    stores.redis("HSET", KEYS.state(), "generation", "another");
    awaitOutcome(instance, right(1, "192.0.2.50"), LOCKED);
    assertThat(generation()).isNotEqualTo("another");
    assertHistoryHolds(instance);
    instance.report();
    assertThat(stores.loggedIds()).containsExactlyElementsOf(LongStream.rangeClosed(1, 21).boxed().toList());
  }

  @RepeatedTest(4)
  void instancesThatRepairAtOnceAgreeOnOneGeneration() {
    instance.open();
    try (TestInstance second = stores.instance().open(); TestInstance third = stores.instance().open()) {
      history();
      instance.report();
      List<TestInstance> all = List.of(instance, second, third);
      for (int round = 0; round < 3; round++) {
        long repairs = all.stream().mapToLong(each -> each.metrics().repairs()).sum();
        stores.redis("FLUSHALL");
        all.forEach(each -> each.decideTogether(List.of(wrong(1, HOME))));
        all.forEach(each -> awaitOutcome(each, right(1, "192.0.2.50"), LOCKED));
        assertThat(all.stream().mapToLong(each -> each.metrics().repairs()).sum() - repairs).isBetween(1L, 3L);
        instance.report();
      }
      generation();
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
    assertThat(instance.report()).isEqualTo("{\"banned_ips\":[\"192.0.2.10\"],\"locked_users\":[\"user1\"]}");
    assertThat(stores.loggedIds()).endsWith(id, id + 1, id + 2);
  }

  @RepeatedTest(3)
  void instancesThatStartAtOnceOnAnUnusedDatabaseAgree() {
    stores.addLogRow(7, OptionalLong.of(1), "user1", HOME, false);
    try (TestInstance second = stores.instance(); TestInstance third = stores.instance()) {
      List<TestInstance> all = List.of(instance, second, third);
      all.forEach(each -> each.connect(each.guard()));
      all.forEach(TestInstance::awaitOpen);
      all.forEach(each -> awaitOutcome(each, right(2, "192.0.2.2"), SUCCESS));
      generation();
      assertThat(instance.verify().differences()).isEmpty();
    }
  }

  @Test
  void rowsThatNobodyCountedAreSaidAndKeepTheDoorShut() {
    instance.open();
    instance.outcome(wrong(1, HOME));
    instance.report();
    stores.addLogRow(9, OptionalLong.of(1), "user1", HOME, false);
    assertThatThrownBy(() -> instance.admission().admit("", 0)).isInstanceOf(DatabaseException.class)
        .hasMessage("login_log goes up to id 9 but only ids up to 1 are counted: run `make rebuild`");
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
    String generation = generation();
    stores.sql("UPDATE service_state SET generation = ''");
    stores.redis("HDEL", KEYS.state(), "generation");
    assertThatThrownBy(() -> instance.admission().admit(generation, 1)).isInstanceOf(StoreUnavailableException.class)
        .hasMessage("the stores are being replaced; if `make init` was interrupted, run it again");
    assertThatThrownBy(() -> instance.outcome(wrong(1, HOME))).hasCauseInstanceOf(StoreUnavailableException.class);
    TestStores.await("the door is shut", () -> !instance.isOpen());
    assertThat(stores.redis("HGET", KEYS.state(), "generation")).isNull();
    stores.redis("HSET", KEYS.state(), "generation", "replaced");
    stores.sql("UPDATE service_state SET generation = 'replaced'");
    instance.awaitOpen();
    assertThat(instance.outcome(wrong(1, HOME))).isEqualTo(WRONG);
    assertThat(instance.metrics().repairs()).isZero();
  }

  @Test
  void aSoundRedisIsLeftAlone() {
    instance.open();
    history();
    String before = stores.redisContent();
    try (TestInstance second = stores.instance().open()) {
      assertThat(stores.redisContent()).isEqualTo(before);
      assertThat(second.metrics().repairs()).isZero();
    }
  }

  @Test
  void aMissingSchemaIsSaid() {
    stores.sql("RENAME TABLE service_state TO hidden");
    try {
      assertThatThrownBy(() -> instance.admission().admit("", 0)).isInstanceOf(DatabaseException.class)
          .hasMessageContaining("load sql/schema.sql into this database, or run `make init`");
    } finally {
      stores.sql("RENAME TABLE hidden TO service_state");
    }
  }
}
