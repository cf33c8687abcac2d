package sekisho.recovery;

import static org.assertj.core.api.Assertions.assertThat;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sekisho.login.RecordedAttempt;
import sekisho.redis.HandIns;
import sekisho.redis.RedisKeys;
import sekisho.testing.TestInstance;
import sekisho.testing.TestStores;
import sekisho.tools.seed.SeedRedis;

/** Roll calls that something comes between: late and dead instances, a full Redis, repairs that fail, an init. */
@Timeout(60)
class RollCallIT {

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

  @BeforeEach
  void make() {
    stores.clear();
    instance = stores.instance();
  }

  @AfterEach
  void close() {
    stores.redis("CONFIG", "SET", "maxmemory", "0");
    instance.close();
  }

  private static String server() {
    return stores.redis("INFO", "server").toString().lines().filter(line -> line.startsWith("run_id:"))
        .map(line -> line.substring("run_id:".length()).strip()).findFirst().orElseThrow();
  }

  private static void startedAnew() {
    stores.redis("HSET", KEYS.state(), "server", "the process before");
    stores.redis("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
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

  private static RecordedAttempt attempt(long number) {
    return new RecordedAttempt(number, Instant.EPOCH, OptionalLong.of(1), "user1", HOME, false);
  }

  /** An instance that was late, with lost attempts whose numbers others got, must be able to finish while others are busy. */
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
      Thread load = new Thread(() -> {
        while (!ended.get()) {
          second.decide(right(2, "192.0.2.2"));
          LockSupport.parkNanos(1_000_000);
        }
      });
      load.start();
      try {
        stores.redis("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        TestStores.await("given back", () -> instance.metrics().givenBack() + second.metrics().givenBack() == 2);
      } finally {
        ended.set(true);
      }
    }
  }

  /** Who was struck off the list while it was slow must be on it again before it accepts attempts. */
  @Test
  void whoAcceptsAttemptsIsRegistered() {
    instance.open();
    stores.sql("BEGIN");
    stores.sql("SELECT * FROM service_state FOR UPDATE");
    try (TestInstance second = stores.instance()) {
      second.connect(second.guard());
      TestStores.await("it has registered", 
          () -> instance.stores().database().query("SELECT name FROM instances").size() == 2);
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
    long used = Long.parseLong(stores.redis("INFO", "memory").toString().lines()
        .filter(line -> line.startsWith("used_memory:")).findFirst().orElseThrow().substring("used_memory:".length()).strip());
    stores.redis("HSET", KEYS.state(), "server", "the process before");
    stores.redis("CONFIG", "SET", "maxmemory", Long.toString(used - 2_000_000));
    stores.redis("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    TestStores.await("shut", () -> !instance.isOpen());
    instance.awaitOpen();
  }

  /** The same without a new start: what the roll call changes. */
  @Test
  void aFullRedisRecovers() {
    instance.open();
    for (int i = 0; i < 40; i++) {
      instance.outcomes(times(500, unknown("x".repeat(255), HOME)));
    }
    long used = Long.parseLong(stores.redis("INFO", "memory").toString().lines()
        .filter(line -> line.startsWith("used_memory:")).findFirst().orElseThrow().substring("used_memory:".length()).strip());
    stores.redis("CONFIG", "SET", "maxmemory", Long.toString(used - 2_000_000));
    stores.redis("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    TestStores.await("decided", () -> {
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
        TestStores.await("a repair that gets half-way", () -> stores.redis("DEL", KEYS.rebuilt().users()).toLong() == 1);
      }
    } finally {
      stores.sql("RENAME TABLE hidden TO last_logins");
    }
    TestStores.await("over", () -> stores.redis("HGET", KEYS.state(), "generation") != null);
    instance.awaitOpen();
    assertThat(instance.metrics().lost()).isEqualTo(4);
  }

  /** As when who repaired was killed after it had given back what was remembered. */
  @Test
  void aLossIsToldThoughWhoRepairedWasKilled() {
    instance.open();
    instance.close();
    stores.redis("FLUSHALL");
    stores.sql("INSERT INTO instances VALUES ('slow:8080', 'another')");
    instance = stores.instance();
    List<RecordedAttempt> remembered = LongStream.rangeClosed(8, 10).mapToObj(RollCallIT::attempt).toList();
    new HandIns(instance.stores().redis(), KEYS).handIn("slow:8080", server(), new HandIns.Answer(10, 7), remembered);
    instance.stores().queue().append(0, remembered);
    stores.redis("HSET", KEYS.state(), "kept", "0");
    instance.open();
    assertThat(stores.loggedIds()).containsExactly(8L, 9L, 10L);
    assertThat(instance.metrics().lost()).isEqualTo(7);
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

  /** An instance that hands in while init replaces Redis: nothing of the old history may come into the new one. */
  @Test
  void whatIsHandedInDuringAnInitIsNotOfTheNewHistory() {
    instance.open();
    instance.close();
    instance = stores.instance();
    HandIns handIns = new HandIns(instance.stores().redis(), KEYS);
    stores.sql("UPDATE service_state SET generation = '', watermark = 0");
    stores.redis("FLUSHALL");
    stores.redis("HSET", KEYS.state(), "sequence", "2", "directory", "0");
    handIns.handIn("slow:8080", server(), new HandIns.Answer(5, 0), List.of(attempt(5)));
    new SeedRedis(instance.stores().redis(), KEYS).finish("another");
    stores.sql("UPDATE service_state SET generation = 'another'");
    instance.open();
    instance.report();
    assertThat(stores.loggedIds()).isEmpty();
  }

  /** The old process still flushes when the new one has its port already. */
  @Test
  void anInstanceThatEndsDoesNotStrikeOffItsSuccessor() {
    Map<String, String> port = Map.of("SEKISHO_HTTP_PORT", "18080");
    TestInstance old = stores.instance(port).open();
    try (TestInstance next = stores.instance(port).open()) {
      old.close();
      assertThat(stores.number("SELECT COUNT(*) FROM instances")).isEqualTo(1);
    }
  }
}
