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

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import sekisho.flush.Pruning;
import sekisho.login.OperatorAct.Kind;
import sekisho.login.StoreUnavailableException;
import sekisho.login.Thresholds;
import sekisho.metrics.Event;
import sekisho.testing.Histories;
import sekisho.testing.TestInstance;

/** Acts of operators and pruned attempts, when Redis loses what it had. */
class OperatorHistoryIT extends RecoveryTestBase {

  private static final String ELSEWHERE = "192.0.2.50";

  private void take(Kind kind, String address) {
    instance.take(Histories.act(kind, OptionalLong.empty(), address));
  }

  @Test
  void whatMySqlHasOfActsOutlivesARedisThatWasSetBack() {
    instance.open();
    history();
    keep();
    take(Kind.BAN, ELSEWHERE);
    take(Kind.PARDON, "192.0.2.10");
    instance.take(Histories.act(Kind.PARDON, OptionalLong.of(1), "user1"));
    instance.stores().flush().flush();
    goBack();
    startedAnew();
    awaitOutcome(instance, right(2, ELSEWHERE), BANNED);
    awaitOutcome(instance, right(1, "192.0.2.10"), SUCCESS);
    assertThat(stores.sql("SELECT kind, user_id, subject FROM operator_events ORDER BY id"))
        .containsExactly("ban null " + ELSEWHERE, "pardon null 192.0.2.10", "pardon 1 user1");
    assertThat(instance.metrics().total(Event.LOST)).isZero();
    assertThat(instance.verify().differences()).isEmpty();
  }

  /**
   * It was not told as done, and so may be forgotten; attempts decided by it stay what they were.
   */
  @Test
  void attemptsThatFollowedAnActThatIsLostComeBackAsTheyWere() {
    instance.open();
    history();
    instance.stores().flush().flush();
    keep();
    take(Kind.PARDON, "192.0.2.10");
    assertThat(instance.outcome(right(3, "192.0.2.10"))).isEqualTo(SUCCESS);
    goBack();
    startedAnew();
    awaitOutcome(instance, wrong(3, "192.0.2.10"), WRONG);
    instance.report();
    assertThat(stores.sql("SELECT succeeded FROM login_log WHERE id = 20")).containsExactly("1");
    assertThat(instance.verify().differences()).isEmpty();
  }

  @Test
  void noActIsTakenByARedisThatWasNotChecked() {
    instance.open();
    history();
    String content = stores.redisContent();
    stores.redis("HSET", KEYS.state(), "run_id", "the process before");
    assertThatThrownBy(() -> take(Kind.BAN, ELSEWHERE))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("started anew");
    stores.redis("HSET", KEYS.state(), "run_id", runId());
    assertThat(stores.redisContent()).isEqualTo(content);
    stores.redis("HSET", KEYS.addresses(), ELSEWHERE, "many");
    assertThatThrownBy(() -> take(Kind.PARDON, ELSEWHERE)).hasMessageContaining("COUNTER");
    stores.redis("HDEL", KEYS.addresses(), ELSEWHERE);
    assertThat(stores.redisContent()).isEqualTo(content);
  }

  @Test
  void prunedAttemptsDoNotComeBack() {
    instance.open();
    history();
    take(Kind.BAN, ELSEWHERE);
    try (TestInstance second = stores.instance().open()) {
      second.outcomes(times(4, wrong(3, "192.0.2.60")));
      assertThat(instance.stores().flush().flush().sequence()).isEqualTo(23);
      stores.sql("UPDATE login_log SET created_at = created_at - INTERVAL 1 DAY WHERE id <= 21");
      instance.stores().rebuild().fromLog();
      String report = stores.sql(BANS).toString();
      Pruning.Result pruned =
          new Pruning(instance.stores().database(), Thresholds.DEFAULT)
              .before(Instant.now().minus(Duration.ofHours(2)));
      assertThat(pruned).isEqualTo(new Pruning.Result(20, 21));
      assertThat(stores.loggedIds()).containsExactly(22L, 23L);
      stores.redis("FLUSHALL");
      stores.redis("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
      awaitOutcome(second, right(1, "192.0.2.61"), LOCKED);
      awaitOutcome(instance, right(2, ELSEWHERE), BANNED);
      awaitOutcome(instance, right(2, "192.0.2.10"), BANNED);
      assertThat(
              instance.metrics().total(Event.GIVEN_BACK) + second.metrics().total(Event.GIVEN_BACK))
          .isZero();
      instance.report();
      assertThat(stores.loggedIds()).startsWith(22L, 23L).hasSize(5);
      assertThat(stores.sql(BANS)).hasToString(report);
      assertThat(instance.verify().differences()).isEmpty();
      instance.stores().rebuild().fromLog();
      assertThat(instance.verify().differences()).as("after a rebuild").isEmpty();
      assertThat(stores.sql("SELECT * FROM quarantine")).isEqualTo(List.of());
    }
  }

  private static final String BANS = "SELECT ip FROM address_failures WHERE failures >= 10";
}
