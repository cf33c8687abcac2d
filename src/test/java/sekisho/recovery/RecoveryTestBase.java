package sekisho.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.testing.Attempts.right;
import static sekisho.testing.Attempts.times;
import static sekisho.testing.Attempts.unknown;
import static sekisho.testing.Attempts.wrong;

import java.util.List;
import sekisho.login.Attempt;
import sekisho.login.StoreUnavailableException;
import sekisho.redis.RedisKeys;
import sekisho.redis.RedisServerCheck;
import sekisho.testing.StoreTestBase;
import sekisho.testing.TestInstance;
import sekisho.testing.TestStores;

/**
 * For tests of what keeps both stores one history: begins each with a process that does not accept
 * attempts yet.
 */
public abstract class RecoveryTestBase extends StoreTestBase {

  public static final RedisKeys KEYS = TestStores.KEYS;
  private static final List<String> ALL =
      List.of(KEYS.state(), KEYS.addresses(), KEYS.users(), KEYS.logins(), KEYS.queue());

  @Override
  protected TestInstance begin() {
    return stores.instance();
  }

  /** Locks user 1, bans one address, lets user 2 in twice: 18 attempts. */
  protected void history() {
    instance.outcomes(List.of(right(2, "192.0.2.8"), right(2, "192.0.2.9"), wrong(3, "192.0.2.7")));
    instance.outcomes(times(5, wrong(1, HOME)));
    instance.outcomes(times(10, unknown("nobody", "192.0.2.10")));
  }

  protected static String epoch() {
    String inRedis = stores.redis("HGET", KEYS.state(), "generation").toString();
    assertThat(stores.sql("SELECT generation FROM service_state")).containsExactly(inRedis);
    return inRedis;
  }

  /**
   * An attempt may be refused while Redis is repaired; never may it be told an outcome of another
   * history.
   */
  protected static void awaitOutcome(TestInstance asked, Attempt attempt, Object outcome) {
    TestStores.await(
        "an outcome",
        () -> {
          try {
            assertThat(asked.outcome(attempt)).isEqualTo(outcome);
            return true;
          } catch (IllegalStateException e) {
            assertThat(e).hasCauseInstanceOf(StoreUnavailableException.class);
            return false;
          }
        });
  }

  /** The run id of Redis. */
  protected String runId() {
    return RedisServerCheck.of(instance.stores().redis()).runId();
  }

  /**
   * To whoever asks it, Redis is another process than the one that attempts were last accepted by.
   */
  protected static void startedAnew() {
    stores.redis("HSET", KEYS.state(), "run_id", "the process before");
    stores.redis("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
  }

  /** Keeps what Redis holds now. */
  protected static void keep() {
    ALL.stream()
        .filter(key -> stores.redis("EXISTS", key).toLong() == 1)
        .forEach(key -> stores.redis("COPY", key, "kept" + key));
  }

  /** Sets Redis back to what was kept. */
  protected static void goBack() {
    for (String key : ALL) {
      stores.redis("DEL", key);
      if (stores.redis("EXISTS", "kept" + key).toLong() == 1) {
        stores.redis("RENAME", "kept" + key, key);
      }
    }
  }
}
