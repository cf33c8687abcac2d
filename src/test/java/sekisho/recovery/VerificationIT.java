package sekisho.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sekisho.testing.Attempts.right;
import static sekisho.testing.Attempts.times;
import static sekisho.testing.Attempts.wrong;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sekisho.login.Outcome;
import sekisho.testing.TestInstance;
import sekisho.testing.Waiting;

/** Each kind of damage is found, and named so that somebody can look at it. */
class VerificationIT extends RecoveryTestBase {

  /**
   * Eighteen attempts in the log, three in the queue; one user locked by the log, one by the queue; one address banned.
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
    assertThat(result).extracting(Verification.Result::logged, Verification.Result::queued,
        Verification.Result::bannedAddresses, Verification.Result::lockedUsers).containsExactly(18L, 3L, 1L, 2L);
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
    assertFound("counter in Redis: user 1: nothing, but the log gives 5",
        "counter in Redis: user 3: nothing, but the log gives 4");
  }

  @Test
  void lastLoginInRedis() {
    String sound = stores.redis("HGET", KEYS.logins(), "2").toString();
    stores.redis("HSET", KEYS.logins(), "2", sound.replace("192.0.2.8", "192.0.2.88"));
    assertFound("last logins in Redis: user 2: " + sound.replace("192.0.2.8", "192.0.2.88") + ", but the log gives "
        + sound);
    stores.redis("DEL", KEYS.logins());
    assertFound("last logins in Redis: user 2: nothing, but the log gives " + sound);
  }

  @Test
  void stateTableOfAddresses() {
    stores.sql("UPDATE address_failures SET failures = 6 WHERE ip = '192.0.2.1'");
    assertFound("address_failures: address 192.0.2.1: 6, but the log gives 5");
    stores.sql("DELETE FROM address_failures WHERE ip = '192.0.2.10'");
    assertThat(instance.verify().differences()).containsExactlyInAnyOrder(
        "address_failures: address 192.0.2.1: 6, but the log gives 5",
        "address_failures: address 192.0.2.10: nothing, but the log gives 10",
        "report: banned address 192.0.2.10 is missing");
    stores.sql("UPDATE address_failures SET failures = 10 WHERE ip = '192.0.2.1'");
    assertThat(instance.verify().differences()).contains("report: banned address 192.0.2.1 is extra");
  }

  @Test
  void stateTableOfUsers() {
    stores.sql("UPDATE user_failures SET failures = 2 WHERE user_id = 1");
    assertFound("user_failures: user 1: 2, but the log gives 5", "report: locked user first is missing");
    stores.sql("UPDATE user_failures SET failures = 5 WHERE user_id = 1");
    stores.sql("INSERT INTO user_failures VALUES (2, 3)");
    assertFound("user_failures: user 2: 3, but the log gives nothing", "report: locked user second is extra");
  }

  @Test
  void stateTableOfLastLogins() {
    stores.sql("UPDATE last_logins SET previous_ip = '192.0.2.88'");
    assertThat(instance.verify().differences()).singleElement().asString().startsWith("last_logins: user 2: ")
        .contains("192.0.2.88", ", but the log gives ");
    stores.sql("DELETE FROM last_logins");
    assertThat(instance.verify().differences()).singleElement().asString()
        .startsWith("last_logins: user 2: nothing, but the log gives ");
  }

  @Test
  void logOfWhichARowWasRemoved() {
    stores.sql("DELETE FROM login_log WHERE id = 18");
    assertThat(instance.verify().differences()).containsExactly(
        "address_failures: address 192.0.2.10: 10, but the log gives 9",
        "report: banned address 192.0.2.10 is extra",
        "counter in Redis: address 192.0.2.10: 10, but the log gives 9");
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
  void rowInTheQueueOutOfOrder() {
    String last = stores.redis("LINDEX", KEYS.queue(), "-1").toString();
    stores.redis("LREM", KEYS.queue(), "1", last);
    stores.redis("LPUSH", KEYS.queue(), last);
    assertThat(instance.verify().differences()).contains("queue: attempt 19 comes after attempt 21",
        "queue: attempt 20 comes after attempt 21");
  }

  @Test
  void rowMissingInTheQueue() {
    stores.redis("LPOP", KEYS.queue());
    assertFound("counter in Redis: address 192.0.2.7: 4, but the log gives 3",
        "counter in Redis: user 3: 4, but the log gives 3");
  }

  @Test
  void anotherGeneration() {
    String sound = stores.redis("HGET", KEYS.state(), "generation").toString();
    stores.sql("UPDATE service_state SET generation = 'another'");
    assertThat(instance.verify().differences()).contains("generation: '" + sound + "' in Redis, 'another' in MySQL");
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

  /** It looks at one moment: no flush and no attempt comes in between. */
  @Test
  void nothingIsFoundWhileAttemptsAndFlushesGoOn() {
    try (TestInstance second = stores.instance().open()) {
      for (int round = 0; round < 25; round++) {
        List<Future<Outcome>> burst = second.decideTogether(times(20,
            round % 2 == 0 ? wrong(2, "192.0.2.50") : right(2, "192.0.2.51")));
        Future<Buffer> report = second.reports().report();
        assertThat(instance.verify().differences()).isEmpty();
        burst.forEach(Waiting::on);
        Waiting.on(report);
      }
    }
  }
}
