package sekisho.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sekisho.testing.Attempts.right;
import static sekisho.testing.Attempts.times;
import static sekisho.testing.Attempts.unknown;
import static sekisho.testing.Attempts.wrong;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sekisho.login.Attempt;
import sekisho.login.Outcome;
import sekisho.recovery.RecoveryTestBase;
import sekisho.testing.TestInstance;
import sekisho.testing.TestStores;
import sekisho.testing.Waiting;

/** Each kind of damage is found, and named so that somebody can look at it. */
class VerificationIT extends RecoveryTestBase {

  /**
   * Eighteen attempts in the log, three in the queue; one user locked by the log, one by the queue;
   * one address banned.
   */
  @BeforeEach
  void sound() {
    stores.addUser(1, "first");
    stores.addUser(2, "second");
    stores.addUser(3, "third");
    instance.open();
    history();
    instance.report();
    instance.outcomes(times(3, wrong(3, "192.0.2.7")));
    Verification.Result result = instance.verify();
    assertThat(result.differences()).isEmpty();
    assertThat(result)
        .extracting(
            Verification.Result::logged,
            Verification.Result::queued,
            Verification.Result::bannedAddresses,
            Verification.Result::lockedUsers)
        .containsExactly(18L, 3L, 1L, 2L);
  }

  private void assertFound(String... differences) {
    assertThat(instance.verify().differences()).containsExactly(differences);
  }

  @Test
  void counterOfAnAddressInRedis() {
    stores.redis("HINCRBY", KEYS.addresses(), HOME, "1");
    assertFound("counter in Redis: address 192.0.2.1: 6, but the log gives 5");
    stores.redis("HINCRBY", KEYS.addresses(), HOME, "-2");
    assertFound("counter in Redis: address 192.0.2.1: 4, but the log gives 5");
    stores.redis("HDEL", KEYS.addresses(), HOME);
    assertFound("counter in Redis: address 192.0.2.1: nothing, but the log gives 5");
    stores.redis("HSET", KEYS.addresses(), HOME, "5", "192.0.2.99", "1");
    assertFound("counter in Redis: address 192.0.2.99: 1, but the log gives nothing");
  }

  @Test
  void counterOfAUserInRedis() {
    stores.redis("HSET", KEYS.users(), "3", "3");
    assertFound("counter in Redis: user 3: 3, but the log gives 4");
    stores.redis("HSET", KEYS.users(), "3", "4", "99", "0");
    assertFound("counter in Redis: user 99: 0, but the log gives nothing");
    stores.redis("DEL", KEYS.users());
    assertFound(
        "counter in Redis: user 1: nothing, but the log gives 5",
        "counter in Redis: user 3: nothing, but the log gives 4");
  }

  @Test
  void lastLoginInRedis() {
    String sound = stores.redis("HGET", KEYS.logins(), "2").toString();
    stores.redis("HSET", KEYS.logins(), "2", sound.replace("192.0.2.8", "192.0.2.88"));
    assertFound(
        "last logins in Redis: user 2: "
            + sound.replace("192.0.2.8", "192.0.2.88")
            + ", but the log gives "
            + sound);
    stores.redis("DEL", KEYS.logins());
    assertFound("last logins in Redis: user 2: nothing, but the log gives " + sound);
  }

  @Test
  void stateTableOfAddresses() {
    stores.sql("UPDATE address_failures SET failures = 6 WHERE ip = '192.0.2.1'");
    assertFound("address_failures: address 192.0.2.1: 6, but the log gives 5");
    stores.sql("DELETE FROM address_failures WHERE ip = '192.0.2.10'");
    assertThat(instance.verify().differences())
        .containsExactlyInAnyOrder(
            "address_failures: address 192.0.2.1: 6, but the log gives 5",
            "address_failures: address 192.0.2.10: nothing, but the log gives 10",
            "report: banned address 192.0.2.10 is missing");
    stores.sql("UPDATE address_failures SET failures = 10 WHERE ip = '192.0.2.1'");
    assertThat(instance.verify().differences())
        .contains("report: banned address 192.0.2.1 is extra");
  }

  @Test
  void stateTableOfUsers() {
    stores.sql("UPDATE user_failures SET failures = 2 WHERE user_id = 1");
    assertFound(
        "user_failures: user 1: 2, but the log gives 5", "report: locked user first is missing");
    stores.sql("UPDATE user_failures SET failures = 5 WHERE user_id = 1");
    stores.sql("INSERT INTO user_failures (user_id, failures) VALUES (2, 3)");
    assertFound(
        "user_failures: user 2: 3, but the log gives nothing",
        "report: locked user second is extra");
  }

  @Test
  void stateTableOfLastLogins() {
    stores.sql("UPDATE last_logins SET previous_ip = '192.0.2.88'");
    assertThat(instance.verify().differences())
        .singleElement()
        .asString()
        .startsWith("last_logins: user 2: ")
        .contains("192.0.2.88", ", but the log gives ");
    stores.sql("DELETE FROM last_logins");
    assertThat(instance.verify().differences())
        .singleElement()
        .asString()
        .startsWith("last_logins: user 2: nothing, but the log gives ");
  }

  @Test
  void logOfWhichARowWasRemoved() {
    stores.sql("DELETE FROM login_log WHERE id = 18");
    assertThat(instance.verify().differences())
        .containsExactly(
            "address_failures: address 192.0.2.10: 10, but the log gives 9",
            "report: banned address 192.0.2.10 is extra",
            "counter in Redis: address 192.0.2.10: 10, but the log gives 9");
  }

  @Test
  void logOfWhichARowWasChanged() {
    stores.sql("UPDATE login_log SET ip = '192.0.2.99' WHERE id = 18");
    assertThat(instance.verify().differences())
        .containsExactly(
            "address_failures: address 192.0.2.10: 10, but the log gives 9",
            "address_failures: address 192.0.2.99: nothing, but the log gives 1",
            "report: banned address 192.0.2.10 is extra",
            "counter in Redis: address 192.0.2.10: 10, but the log gives 9",
            "counter in Redis: address 192.0.2.99: nothing, but the log gives 1");
  }

  @Test
  void stateTablesThatAreSaidToCoverAnotherPartOfTheLog() {
    stores.sql("UPDATE service_state SET counted = 17");
    assertThat(instance.verify().differences())
        .containsExactly(
            "address_failures: address 192.0.2.10: 10, but the log gives 9",
            "report: banned address 192.0.2.10 is extra");
    stores.sql("UPDATE service_state SET counted = 19");
    assertThat(instance.verify().differences())
        .contains("counted: 19, which is above the watermark 18");
  }

  @Test
  void watermarkThatWasSetBack() {
    stores.sql("UPDATE service_state SET watermark = 17, counted = 17");
    stores.sql("DELETE FROM login_log WHERE id = 18");
    assertThat(instance.verify().differences())
        .contains("watermark: 17 in MySQL, though it was 18 before");
  }

  @Test
  void attemptsInQuarantineThatTheLogLacks() {
    stores.sql(
        "INSERT INTO quarantine (digest, found_at, reason, queue_row, attempt) VALUES"
            + " ('a', NOW(), 'too large', 'row', 7), ('b', NOW(), 'garbage', 'row', NULL)");
    assertFound("quarantine: attempt 7 was answered and is not in the log: too large");
  }

  @Test
  void rowsAboveTheWatermark() {
    stores.addLogRow(99, OptionalLong.of(1), "first", HOME, false);
    assertThat(instance.verify().differences())
        .containsExactly("login_log: goes up to id 99, but only ids up to 18 are counted");
  }

  @Test
  void malformedRowInTheQueue() {
    stores.redis("RPUSH", KEYS.queue(), "garbage");
    assertFound("queue: a row has 1 fields instead of 6");
  }

  @Test
  void rowOfALaterFormatInTheQueue() {
    stores.redis("RPUSH", KEYS.queue(), "v3\tsomething\telse");
    assertFound(
        "queue: a row is of format version v3, which this version of the service cannot read");
  }

  @Test
  void valuesInRedisOfAnotherKind() {
    stores.redis("HSET", KEYS.users(), "no number", "no number either");
    stores.redis("HSET", KEYS.logins(), "2", "garbage");
    assertThat(instance.verify().differences())
        .hasSize(2)
        .contains("counter in Redis: user no number: no number either, but the log gives nothing")
        .anyMatch(
            line -> line.startsWith("last logins in Redis: user 2: garbage, but the log gives "));
    stores.redis("DEL", KEYS.users());
    stores.redis("SET", KEYS.users(), "no hash");
    assertThatThrownBy(instance::verify).hasMessageContaining("WRONGTYPE");
  }

  @Test
  void rowInTheQueueOutOfOrder() {
    String last = stores.redis("LINDEX", KEYS.queue(), "-1").toString();
    stores.redis("LREM", KEYS.queue(), "1", last);
    stores.redis("LPUSH", KEYS.queue(), last);
    assertThat(instance.verify().differences())
        .contains(
            "queue: attempt 19 comes after attempt 21", "queue: attempt 20 comes after attempt 21");
  }

  @Test
  void rowMissingInTheQueue() {
    stores.redis("LPOP", KEYS.queue());
    assertFound(
        "counter in Redis: address 192.0.2.7: 4, but the log gives 3",
        "counter in Redis: user 3: 4, but the log gives 3");
  }

  @Test
  void anotherEpoch() {
    String sound = stores.redis("HGET", KEYS.state(), "generation").toString();
    stores.sql("UPDATE service_state SET generation = 'another'");
    assertThat(instance.verify().differences())
        .contains("epoch: '" + sound + "' in Redis, 'another' in MySQL");
  }

  @Test
  void sequenceNumberThatIsTooLow() {
    stores.redis("HSET", KEYS.state(), "sequence", "20");
    assertFound("sequence number: 20 in Redis, though the log and the queue go up to 21");
    stores.redis("DEL", KEYS.queue());
    stores.redis("RPUSH", KEYS.queue(), "119\t0\t0\t\t192.0.2.7\tname");
    assertThat(instance.verify().differences())
        .contains("sequence number: 20 in Redis, though the log and the queue go up to 119");
  }

  @Test
  void emptyStoresAreSaid() {
    stores.clear();
    assertThatThrownBy(instance::verify).hasMessage("the stores are empty: run `make init`");
  }

  @Test
  void storesThatAreBeingReplacedAreNotCompared() {
    stores.sql("UPDATE service_state SET generation = ''");
    assertThatThrownBy(instance::verify).hasMessageContaining("being replaced");
  }

  /**
   * Keys of many pages: the first, the last and those in between are compared, and so are keys that
   * are in one place alone.
   */
  @Test
  void differencesAmongManyKeys() {
    manyKeys();
    assertThat(instance.verify().differences()).isEmpty();
    stores.redis("HINCRBY", KEYS.addresses(), "a00001", "1");
    stores.redis("HDEL", KEYS.addresses(), "a12345", "a24000");
    stores.redis("HSET", KEYS.users(), "100024", "3", "999999", "1");
    stores.redis("HDEL", KEYS.users(), "112000");
    stores.redis("HDEL", KEYS.logins(), "100001");
    stores.sql("UPDATE address_failures SET failures = 2 WHERE ip = 'a24000'");
    stores.sql("DELETE FROM address_failures WHERE ip IN ('a00002', 'a10001')");
    stores.sql("DELETE FROM user_failures WHERE user_id = 112000");
    stores.sql("INSERT INTO user_failures (user_id, failures) VALUES (999999, 1)");
    stores.sql("DELETE FROM last_logins WHERE user_id = 112001");
    String firstLogin = stores.hash(KEYS.logins()).get("112001");
    assertFound(
        "address_failures: address a00002: nothing, but the log gives 1",
        "address_failures: address a10001: nothing, but the log gives 1",
        "address_failures: address a24000: 2, but the log gives 1",
        "user_failures: user 112000: nothing, but the log gives 1",
        "user_failures: user 999999: 1, but the log gives nothing",
        "last_logins: user 112001: nothing, but the log gives " + firstLogin,
        "counter in Redis: address a00001: 2, but the log gives 1",
        "counter in Redis: address a12345: nothing, but the log gives 1",
        "counter in Redis: address a24000: nothing, but the log gives 1",
        "counter in Redis: user 100024: 3, but the log gives 1",
        "counter in Redis: user 112000: nothing, but the log gives 1",
        "counter in Redis: user 999999: 1, but the log gives nothing",
        "last logins in Redis: user 100001: nothing, but the log gives " + millis(1) + " b00001");
  }

  /**
   * One failure of each of 24,000 addresses, half of them of users, and one success of each of
   * 12,000 others.
   */
  private void manyKeys() {
    // Attempts that wait would be lost by it: their numbers are those of other rows.
    instance.report();
    stores.sql(
        "INSERT INTO login_log SELECT 100 + seq, '2014-02-22' + INTERVAL seq SECOND,"
            + " IF(seq % 2 = 0, 100000 + seq, NULL), 'name', CONCAT('a', LPAD(seq, 5, '0')), 0 FROM seq_1_to_24000");
    stores.sql(
        "INSERT INTO login_log SELECT 50000 + seq, '2014-02-22' + INTERVAL seq SECOND, 100000 + seq * 2 - 1, 'name',"
            + " CONCAT('b', LPAD(seq, 5, '0')), 1 FROM seq_1_to_12000");
    instance.stores().rebuild().fromLog();
    instance.awaitOpen();
  }

  private static long millis(int second) {
    return Instant.parse("2014-02-22T00:00:00Z").plusSeconds(second).toEpochMilli();
  }

  @Test
  void allDifferencesAreCountedAndTheFirstOnesTold() {
    manyKeys();
    stores.redis("DEL", KEYS.addresses());
    Verification.Result result = instance.verify();
    assertThat(result.found())
        .isEqualTo(stores.number("SELECT COUNT(*) FROM address_failures"))
        .isGreaterThan(24_000);
    assertThat(result.differences())
        .hasSize(1_000)
        .startsWith("counter in Redis: address 192.0.2.1: nothing, but the log gives 5");
  }

  /**
   * Many pages are read while attempts change them and flushes move the queue; what differs at rest
   * is found all the same.
   */
  @Test
  void manyKeysAreComparedExactlyWhileAttemptsAndFlushesGoOn() throws Exception {
    manyKeys();
    AtomicBoolean stopped = new AtomicBoolean();
    AtomicInteger bursts = new AtomicInteger();
    try (TestInstance second = stores.instance().open()) {
      CompletableFuture<Void> load =
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; !stopped.get(); i++) {
                  List<Attempt> burst = new ArrayList<>();
                  for (int each = 0; each < 100; each++) {
                    long user = 100_000 + (i * 131 + each * 17) % 24_000;
                    String address = String.format("a%05d", 1 + (i * 37 + each * 101) % 20_000);
                    burst.add(
                        each % 3 == 0
                            ? right(user, address)
                            : each % 7 == 0 ? unknown("x", "c" + i) : wrong(user, address));
                  }
                  second.outcomes(burst);
                  if (i % 20 == 0) {
                    second.report();
                  }
                  bursts.incrementAndGet();
                }
              });
      for (int round = 0; round < 4; round++) {
        int before = bursts.get();
        Verification.Result result = instance.verify();
        assertThat(result.differences()).isEmpty();
        assertThat(result.logged() + result.queued()).isGreaterThanOrEqualTo(36_000);
        TestStores.await("attempts meanwhile", () -> bursts.get() > before);
      }
      stores.redis("HINCRBY", KEYS.addresses(), "a23999", "1");
      stores.sql("UPDATE address_failures SET failures = failures + 1 WHERE ip = 'a24000'");
      assertFound(
          "address_failures: address a24000: 2, but the log gives 1",
          "counter in Redis: address a23999: 2, but the log gives 1");
      stopped.set(true);
      load.get(20, TimeUnit.SECONDS);
    } finally {
      stopped.set(true);
    }
  }

  /** What attempts change between two reads is in the fold too. */
  @Test
  void nothingIsFoundWhileAttemptsAndFlushesGoOn() {
    try (TestInstance second = stores.instance().open()) {
      for (int round = 0; round < 25; round++) {
        List<Future<Outcome>> burst =
            second.decideTogether(
                times(20, round % 2 == 0 ? wrong(2, "192.0.2.50") : right(2, "192.0.2.51")));
        Future<Buffer> report = second.reports().report();
        assertThat(instance.verify().differences()).isEmpty();
        burst.forEach(Waiting::on);
        Waiting.on(report);
      }
    }
  }
}
