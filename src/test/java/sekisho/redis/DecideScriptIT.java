package sekisho.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sekisho.login.Outcome.LOCKED;
import static sekisho.login.Outcome.SUCCESS;
import static sekisho.login.Outcome.WRONG;
import static sekisho.testing.Attempts.right;
import static sekisho.testing.Attempts.times;
import static sekisho.testing.Attempts.unknown;
import static sekisho.testing.Attempts.wrong;

import io.vertx.core.Future;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.login.Attempt;
import sekisho.login.LastLogins;
import sekisho.login.Outcome;
import sekisho.login.RecordedAttempt;
import sekisho.metrics.Event;
import sekisho.testing.StoreTestBase;
import sekisho.testing.TestInstance;
import sekisho.testing.TestStores;
import sekisho.testing.Waiting;

/** What Redis does when it can't do it all: everything or nothing. */
class DecideScriptIT extends StoreTestBase {

  private static final List<String> KEYS =
      List.of(
          TestStores.KEYS.state(),
          TestStores.KEYS.addresses(),
          TestStores.KEYS.users(),
          TestStores.KEYS.logins(),
          TestStores.KEYS.queue());

  private void assertRefused(List<Attempt> attempts) {
    for (Future<Outcome> outcome : instance.decideTogether(attempts)) {
      assertThatThrownBy(() -> Waiting.on(outcome))
          .hasMessageContaining("StoreUnavailableException");
    }
  }

  @Test
  void anAttemptForWhichThereIsNoMemoryChangesNothing() {
    instance.outcomes(List.of(wrong(1, HOME), right(2, HOME), wrong(1, "192.0.2.2")));
    String before = stores.redisContent();
    stores.redis("CONFIG", "SET", "maxmemory", "1");
    try {
      assertRefused(
          List.of(
              wrong(1, HOME),
              right(2, HOME),
              unknown("nobody", "192.0.2.3"),
              right(1, "192.0.2.2")));
      assertRefused(List.of(right(1, HOME)));
      assertThat(stores.redisContent()).isEqualTo(before);
    } finally {
      stores.redis("CONFIG", "SET", "maxmemory", "0");
    }
    assertThat(instance.outcome(right(1, HOME))).isEqualTo(SUCCESS);
  }

  /**
   * Nothing changes; then the counters are made anew over it, and what the queue held is given
   * back.
   */
  @ParameterizedTest
  @ValueSource(strings = {"failures:address", "failures:user", "logins", "queue"})
  void anAttemptThatMeetsAKeyOfAnotherTypeChangesNothing(String name) {
    String key = "{sekisho}:" + name;
    instance.outcomes(List.of(wrong(1, HOME), right(2, "192.0.2.2")));
    stores.redis("DEL", key);
    stores.redis("SET", key, "text");
    assertRefused(List.of(wrong(1, HOME), right(2, HOME), right(1, "192.0.2.2")));
    if (key.equals(TestStores.KEYS.queue())) {
      stores.redis("DEL", key);
    }
    awaitDecided();
    awaitReport();
    // Those that the queue lost have other numbers, as Redis has given theirs.
    assertThat(stores.sql("SELECT user_id FROM login_log WHERE ip <> '192.0.2.99' ORDER BY id"))
        .containsExactly("1", "2");
    assertSound();
  }

  /** Attempts that do not touch the key are decided until the repair begins. */
  private void awaitReport() {
    TestStores.await(
        "a report",
        () -> {
          try {
            return instance.isOpen()
                && !instance.report().isEmpty()
                && instance.metrics().total(Event.REPAIR) > 0;
          } catch (IllegalStateException e) {
            return false;
          }
        });
  }

  private void awaitDecided() {
    TestStores.await(
        "attempts are decided again",
        () -> {
          try {
            return instance.outcome(unknown("nobody", "192.0.2.99")) != null;
          } catch (IllegalStateException e) {
            return false;
          }
        });
  }

  /** It fails its own attempts alone; then the counters are made anew. */
  @ParameterizedTest
  @ValueSource(strings = {"x", "", "-1", "1.5", "nan", "1e400"})
  void aCounterThatIsNoneFailsItsOwnAttemptsAlone(String value) {
    stores.redis("HSET", TestStores.KEYS.users(), "1", value);
    stores.redis("HSET", TestStores.KEYS.addresses(), HOME, value);
    List<Future<Outcome>> outcomes =
        instance.decideTogether(
            List.of(
                right(2, "192.0.2.2"),
                right(1, "192.0.2.4"),
                unknown("nobody", HOME),
                unknown("somebody", "192.0.2.3")));
    assertThat(Waiting.on(outcomes.get(0))).isEqualTo(SUCCESS);
    assertThat(Waiting.on(outcomes.get(3))).isEqualTo(WRONG);
    for (int refused : new int[] {1, 2}) {
      assertThatThrownBy(() -> Waiting.on(outcomes.get(refused)))
          .hasMessageContaining("is not what this service writes");
    }
    TestStores.await(
        "the counters are made anew",
        () ->
            stores.redis("HGET", TestStores.KEYS.users(), "1") == null
                && stores.redis("HGET", TestStores.KEYS.addresses(), HOME) == null);
    awaitDecided();
    instance.report();
    assertThat(stores.sql("SELECT id, login FROM login_log WHERE ip <> '192.0.2.99' ORDER BY id"))
        .containsExactly("1 user2", "2 somebody");
    assertSound();
  }

  @ParameterizedTest
  @ValueSource(strings = {"garbage", "", "1 "})
  void lastLoginsThatAreNoneFailTheirUsersSuccessesAlone(String value) {
    stores.redis("HSET", TestStores.KEYS.logins(), "1", value);
    List<Future<Outcome>> outcomes =
        instance.decideTogether(List.of(right(2, HOME), right(1, HOME), wrong(1, HOME)));
    assertThat(Waiting.on(outcomes.get(0))).isEqualTo(SUCCESS);
    assertThatThrownBy(() -> Waiting.on(outcomes.get(1)))
        .hasMessageContaining("is not what this service writes");
    assertThat(Waiting.on(outcomes.get(2))).isEqualTo(WRONG);
    TestStores.await(
        "they are made anew", () -> stores.redis("HGET", TestStores.KEYS.logins(), "1") == null);
    awaitDecided();
    assertThat(instance.outcome(right(1, HOME))).isEqualTo(SUCCESS);
    assertThat(stores.queued(0)).extracting(RecordedAttempt::sequence).doesNotHaveDuplicates();
    instance.report();
    assertSound();
  }

  @Test
  void sequenceNumbersGoBeyondThirtyTwoBitsAndUpToThoseOfTheLog() {
    for (long start : List.of((1L << 31) - 2, (1L << 32) - 2, (1L << 53) - 7)) {
      stores.redis("DEL", TestStores.KEYS.queue());
      stores.redis("HSET", TestStores.KEYS.state(), "sequence", Long.toString(start));
      instance.outcomes(times(3, right(1, HOME)));
      instance.outcomes(times(3, right(1, HOME)));
      assertThat(stores.queued(0))
          .extracting(RecordedAttempt::sequence)
          .containsExactly(start + 1, start + 2, start + 3, start + 4, start + 5, start + 6);
      assertThat(stores.hash(TestStores.KEYS.state()))
          .containsEntry("sequence", Long.toString(start + 6));
    }
  }

  @Test
  void sequenceNumbersThatLuaCannotTellApartAreNotGivenOut() {
    stores.redis("HSET", TestStores.KEYS.state(), "sequence", Long.toString((1L << 53) - 2));
    String before = stores.redisContent();
    assertRefused(times(2, right(1, HOME)));
    assertThat(stores.redisContent()).isEqualTo(before);
    assertThat(instance.outcome(right(1, HOME))).isEqualTo(SUCCESS);
    assertRefused(times(1, right(1, HOME)));
  }

  @Test
  void aStateWithoutASequenceNumberChangesNothing() {
    stores.redis("HDEL", TestStores.KEYS.state(), "sequence");
    String before = stores.redisContent();
    assertRefused(List.of(wrong(1, HOME)));
    assertThat(stores.redisContent()).isEqualTo(before);
  }

  @Test
  void countersMayBeVeryLarge() {
    stores.redis("HSET", TestStores.KEYS.addresses(), HOME, "4294967296");
    stores.redis("HSET", TestStores.KEYS.users(), "1", "4294967296");
    assertThat(instance.outcome(wrong(1, "192.0.2.2"))).isEqualTo(LOCKED);
    assertThat(instance.outcome(unknown("nobody", HOME))).isEqualTo(Outcome.BANNED);
    assertThat(stores.hash(TestStores.KEYS.users())).containsEntry("1", "4294967297");
    assertThat(stores.hash(TestStores.KEYS.addresses())).containsEntry(HOME, "4294967297");
  }

  @Test
  void scriptsThatRedisForgotAreLoadedAgain() {
    instance.outcome(wrong(1, HOME));
    stores.redis("SCRIPT", "FLUSH");
    assertThat(instance.outcomes(times(2, wrong(1, HOME)))).containsExactly(WRONG, WRONG);
    stores.redis("SCRIPT", "FLUSH");
    stores.addUser(1, "user1");
    assertThat(instance.report()).contains("user1");
    assertThat(stores.loggedIds()).containsExactly(1L, 2L, 3L);
  }

  @Test
  void otherThresholdsHold() {
    try (TestInstance strict =
        stores
            .instance(Map.of("SEKISHO_USER_LOCK_THRESHOLD", "1", "SEKISHO_IP_BAN_THRESHOLD", "2"))
            .open()) {
      assertThat(strict.outcomes(List.of(wrong(1, HOME), right(1, HOME), right(2, HOME))))
          .containsExactly(WRONG, LOCKED, Outcome.BANNED);
    }
  }

  @Test
  void moreAttemptsThanMayWaitAreRefusedAndTheOthersDecided() {
    try (TestInstance small = stores.instance(Map.of("SEKISHO_REDIS_MAX_WAITING", "5")).open()) {
      List<Future<Outcome>> outcomes = small.decideTogether(times(8, right(1, HOME)));
      assertThat(outcomes.subList(0, 5)).map(Waiting::on).containsOnly(SUCCESS);
      assertThat(outcomes.subList(5, 8))
          .allSatisfy(
              outcome ->
                  assertThatThrownBy(() -> Waiting.on(outcome))
                      .hasMessageContaining("too many attempts wait for Redis"));
      assertThat(stores.queued(0)).hasSize(5);
    }
  }

  @Test
  void manyMembersMayAskAtOnceAndTooManyAreRefusedWithoutHarmToOthers() {
    instance.outcome(right(1, HOME));
    assertThat(instance.lastLoginsTogether(4_500, 1))
        .allSatisfy(asked -> assertThat(Waiting.on(asked)).isPresent());
    try (TestInstance small = stores.instance(Map.of("SEKISHO_REDIS_MAX_WAITING", "5")).open()) {
      List<Future<Optional<LastLogins>>> asked = small.lastLoginsTogether(8, 1);
      assertThat(asked.subList(0, 5))
          .allSatisfy(future -> assertThat(Waiting.on(future)).isPresent());
      assertThat(asked.subList(5, 8))
          .allSatisfy(
              future ->
                  assertThatThrownBy(() -> Waiting.on(future))
                      .hasMessageContaining("too many requests wait for Redis"));
      assertThat(small.isOpen()).isTrue();
      assertThat(Waiting.on(small.lastLogins(1))).isPresent();
    }
  }

  @Test
  void aLastLoginThatCannotBeReadIsNotShown() {
    stores.redis("HSET", TestStores.KEYS.logins(), "1", "garbage");
    assertThatThrownBy(() -> Waiting.on(instance.lastLogins(1)))
        .hasMessageContaining("StoreUnavailableException");
  }

  @Test
  void onlyTheServicesKeysAreTouched() {
    instance.outcomes(
        List.of(wrong(1, HOME), right(2, HOME), new Attempt("x", OptionalLong.of(3), false, HOME)));
    List<String> names = new ArrayList<>();
    stores.redis("KEYS", "*").forEach(name -> names.add(name.toString()));
    assertThat(names).allMatch(name -> name.startsWith("{sekisho}:"));
  }

  /** What the script answers to failing attempts of users 1, none and 2, from three addresses. */
  private static String decideFailures(int count) {
    List<String> arguments = new ArrayList<>();
    try (InputStream script = DecideScript.class.getResourceAsStream("/redis/decide.lua")) {
      arguments.add(new String(script.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    arguments.add(Integer.toString(KEYS.size()));
    arguments.addAll(KEYS);
    arguments.addAll(List.of(epoch(), "3", "10", "0", "0".repeat(count)));
    arguments.addAll(
        List.of("1", "192.0.2.1", "user1", "", "192.0.2.2", "nobody", "2", "192.0.2.3", "user2")
            .subList(0, 3 * count));
    return stores.redis("EVAL", arguments.toArray(String[]::new)).toString();
  }

  private static String epoch() {
    return stores.redis("HGET", TestStores.KEYS.state(), "generation").toString();
  }

  private static List<String> dump() {
    return KEYS.stream().map(key -> String.valueOf(stores.redis("DUMP", key))).toList();
  }

  /** Some have been counted by then. */
  @ParameterizedTest
  @CsvSource({
    "{sekisho}:failures:address, 1", "{sekisho}:failures:address, 3",
    "{sekisho}:failures:user, 1", "{sekisho}:failures:user, 3",
    "{sekisho}:queue, 1", "{sekisho}:queue, 3"
  })
  void failuresThatMeetAKeyOfAnotherTypeAreCountedNowhere(String key, int count) {
    instance.outcomes(List.of(wrong(1, "192.0.2.1"), wrong(2, "192.0.2.9")));
    stores.redis("DEL", key);
    stores.redis("SET", key, "text");
    List<String> before = dump();
    assertThatThrownBy(() -> decideFailures(count)).hasMessageContaining("WRONGTYPE");
    assertThat(dump()).isEqualTo(before);
    stores.redis("DEL", key);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void failuresForWhichThereIsNoMemoryAreCountedNowhere(int count) {
    List<String> before = dump();
    stores.redis("CONFIG", "SET", "maxmemory", "1");
    try {
      assertThatThrownBy(() -> decideFailures(count)).hasMessageContaining("OOM");
    } finally {
      stores.redis("CONFIG", "SET", "maxmemory", "0");
    }
    assertThat(dump()).isEqualTo(before);
  }

  /** The others are decided. */
  @ParameterizedTest
  @ValueSource(
      strings = {"x", "", "-1", "-5", "1.5", "nan", "9007199254740991", "9223372036854775807"})
  void failuresOfACounterThatIsNoneAreNotDecided(String value) {
    stores.redis("HSET", TestStores.KEYS.users(), "1", value);
    assertThat(decideFailures(1)).startsWith("X\t1\t");
    assertThat(decideFailures(3)).startsWith("XWW\t1\t");
    stores.redis("HSET", TestStores.KEYS.addresses(), "192.0.2.3", value);
    assertThat(decideFailures(3)).startsWith("XWX\t3\t");
    assertThat(stores.redis("HGET", TestStores.KEYS.users(), "1")).hasToString(value);
    assertThat(stores.redis("HGET", TestStores.KEYS.addresses(), "192.0.2.3")).hasToString(value);
    assertThat(stores.redis("HGET", TestStores.KEYS.users(), "2")).hasToString("1");
    assertThat(stores.redis("HGET", TestStores.KEYS.addresses(), "192.0.2.1")).isNull();
    assertThat(stores.redis("HGET", TestStores.KEYS.addresses(), "192.0.2.2")).hasToString("2");
    assertThat(stores.queued(0)).hasSize(3);
    assertThat(stores.redis("HGET", TestStores.KEYS.state(), "sequence")).hasToString("3");
  }
}
