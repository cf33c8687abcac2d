package sekisho.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sekisho.login.Outcome.BANNED;
import static sekisho.login.Outcome.LOCKED;
import static sekisho.login.Outcome.WRONG;
import static sekisho.testing.Attempts.right;
import static sekisho.testing.Attempts.times;
import static sekisho.testing.Attempts.unknown;
import static sekisho.testing.Attempts.wrong;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sekisho.login.StoreUnavailableException;
import sekisho.metrics.Event;
import sekisho.redis.EpochFence;
import sekisho.redis.LoginQueue;
import sekisho.testing.TestInstance;
import sekisho.testing.TestStores;

/**
 * What comes too late: steps of a process that was stopped in the middle (SIGSTOP, a long pause of
 * the machine) and goes on when others have been at work, and reports of a Redis that is not the
 * one that was admitted.
 */
@Timeout(60)
class FencingIT extends RecoveryTestBase {

  private static final String BAN = "{\"banned_ips\":[\"192.0.2.77\"],\"locked_users\":[]}";

  @Test
  void aRebuildThatWasStoppedDoesNotWriteAmongTheCountersOfAnother() {
    instance.open();
    history();
    EpochFence late = instance.stores().fence();
    String stopped = late.close();
    late.stage(stopped, KEYS.rebuilt().users(), Map.of("77", "3"));
    String other = instance.stores().fence().close();
    assertThat(stores.redis("EXISTS", KEYS.rebuilt().users()).toLong())
        .as("what was left over")
        .isZero();
    assertThatThrownBy(() -> late.stage(stopped, KEYS.rebuilt().users(), Map.of("77", "3")))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("LATE");
    late.stage(other, KEYS.rebuilt().users(), Map.of("78", "3"));
    stores.redis("DEL", KEYS.queue());
    assertThatThrownBy(() -> late.publish("stale", 0, 0, "", stopped)).hasMessageContaining("LATE");
    // What the other one wrote is not in the way of the repair that the instance is about to do.
    TestStores.await(
        "the repair is over", () -> stores.redis("HGET", KEYS.state(), "generation") != null);
    instance.awaitOpen();
    assertThatThrownBy(() -> late.publish("stale", 0, 0, "", other)).hasMessageContaining("OPEN");
    assertThat(stores.redis("HGET", KEYS.state(), "rebuild")).isNull();
    instance.report();
    assertThat(instance.verify().differences()).isEmpty();
  }

  @Test
  void pagesOfCountersOfAnySizeAreStaged() {
    instance.open();
    String token = instance.stores().fence().close();
    Map<String, String> many = new HashMap<>();
    for (int i = 0; i < 5_000; i++) {
      many.put("user" + i, Integer.toString(i));
    }
    instance.stores().fence().stage(token, KEYS.rebuilt().users(), many);
    assertThat(stores.hash(KEYS.rebuilt().users())).isEqualTo(many);
    instance.awaitOpen();
  }

  /** Its numbers are those of the history before: what waits now would be taken for moved. */
  @Test
  void aTrimThatWasStoppedAfterItsCommitDoesNotTouchTheNextHistory() {
    instance.open();
    history();
    String before = stores.redisContent();
    LoginQueue queue = instance.stores().queue();
    LoginQueue.State seen = queue.state();
    queue.trim(
        new LoginQueue.State(
            "a history before",
            seen.sequence(),
            seen.directory(),
            seen.flushed(),
            seen.runId(),
            seen.paused(),
            seen.format(),
            seen.allowed(),
            seen.server()),
        1_000,
        List.of());
    assertThat(stores.redisContent()).isEqualTo(before);
  }

  @Test
  void aRollCallThatWasStoppedDoesNotOpenARedisThatWasStartedSince() {
    instance.open();
    String epoch = epoch();
    stores.redis("HDEL", KEYS.state(), "generation");
    stores.redis("HSET", KEYS.state(), "paused", epoch);
    assertThatThrownBy(
            () -> instance.stores().fence().reopen(epoch, epoch + "1", "0123456789".repeat(4)))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("LATE");
    instance.awaitOpen();
  }

  private void ban() {
    instance.outcomes(times(10, unknown("nobody", "192.0.2.77")));
  }

  /** Set back within the same process, so that neither epoch nor run_id shows it. */
  @Test
  void noReportLacksWhatThisProcessAnsweredThoughRedisLooksTheSame() {
    instance.open();
    keep();
    ban();
    goBack();
    assertThatThrownBy(instance::report)
        .hasMessageContaining("Redis lacks attempts that were answered");
    assertThat(stores.loggedIds()).isEmpty();
    // Without an attempt, within a second.
    TestStores.await("a report", () -> reportOrNone().equals(BAN));
    assertThat(instance.outcome(right(1, "192.0.2.77"))).isEqualTo(BANNED);
    assertThat(instance.verify().differences()).isEmpty();
  }

  /** The report that was made before must not be given again either. */
  @Test
  void aReportThatWasMadeBeforeIsNotGivenAgain() {
    instance.open();
    ban();
    assertThat(instance.report()).isEqualTo(BAN);
    keep();
    instance.outcomes(times(3, wrong(1, HOME)));
    stores.addUser(1, "user1");
    instance.users().load();
    goBack();
    for (int i = 0; i < 200; i++) {
      assertThat(reportOrNone()).isIn("", BAN.replace("[]", "[\"user1\"]"));
    }
    TestStores.await("a report", () -> !reportOrNone().isEmpty());
  }

  @Test
  void aRedisThatWasAReplicaInBetweenIsNotBelieved() {
    instance.open();
    ban();
    String before = runId();
    stores.redis("REPLICAOF", "127.0.0.1", "1");
    assertThatThrownBy(instance::report).hasMessageContaining("Redis is a replica");
    stores.redis("REPLICAOF", "NO", "ONE");
    assertThat(runId()).isNotEqualTo(before);
    assertThatThrownBy(instance::report)
        .hasMessageContaining("Redis was started anew or failed over");
    instance.guard().inspect();
    TestStores.await("a report", () -> reportOrNone().equals(BAN));
  }

  /** Attempts that it was slow to deliver may be missing in what others repaired. */
  @Test
  void anInstanceThatIsNotAdmittedGivesNoReport() {
    instance.open();
    ban();
    try (TestInstance second = stores.instance()) {
      assertThatThrownBy(second::report)
          .hasMessageContaining("the stores have not been compared yet");
      second.open();
      assertThat(second.report()).isEqualTo(BAN);
      String seen = epoch();
      stores.redis("HSET", KEYS.state(), "generation", seen + "0");
      stores.sql("UPDATE service_state SET generation = '" + seen + "0'");
      assertThatThrownBy(instance::report).hasMessageContaining("does not hold the history");
      TestStores.await("admitted", () -> reportOrNone().equals(BAN));
    }
  }

  /** A flush that nobody waits for must not move what it reads in another Redis, nor trim there. */
  @Test
  void aFlushIsRefusedToo() {
    instance.open();
    instance.outcomes(times(5, right(1, HOME)));
    stores.redis("HSET", KEYS.state(), "run_id", "the process before");
    assertThatThrownBy(() -> instance.stores().flush().flush())
        .hasMessageContaining("Redis was started anew or failed over");
    assertThat(stores.loggedIds()).isEmpty();
    assertThat(stores.redis("LLEN", KEYS.queue()).toLong()).isEqualTo(5);
    instance.guard().inspect();
    awaitOutcome(instance, wrong(1, HOME), WRONG);
  }

  /** A sequence number that goes back is found by the next attempt, before it is decided. */
  @Test
  void noAttemptIsDecidedByARedisThatWasSetBack() {
    instance.open();
    keep();
    instance.outcomes(times(3, wrong(1, HOME)));
    goBack();
    awaitOutcome(instance, right(1, "192.0.2.50"), LOCKED);
    instance.report();
    assertThat(stores.loggedIds()).containsExactly(1L, 2L, 3L, 4L);
    assertThat(instance.metrics().total(Event.GIVEN_BACK)).isEqualTo(3);
  }

  private String reportOrNone() {
    try {
      return instance.report();
    } catch (IllegalStateException e) {
      return "";
    }
  }
}
