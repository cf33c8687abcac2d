package sekisho.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sekisho.login.Outcome.LOCKED;
import static sekisho.login.Outcome.WRONG;
import static sekisho.testing.Attempts.right;
import static sekisho.testing.Attempts.times;
import static sekisho.testing.Attempts.unknown;
import static sekisho.testing.Attempts.wrong;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import sekisho.login.Attempt;
import sekisho.login.Outcome;
import sekisho.login.StoreUnavailableException;
import sekisho.mysql.DatabaseException;
import sekisho.testing.TestInstance;
import sekisho.testing.TestStores;
import sekisho.testing.Waiting;

/**
 * Counters are a cache of the log: they can be made anew from it, also beside a service that runs.
 */
class CounterRebuildIT extends RecoveryTestBase {

  @Test
  void countersAndStateTablesAreMadeAnewFromLogAndQueue() {
    instance.open();
    instance.outcomes(
        List.of(
            right(2, "192.0.2.8"),
            right(2, "192.0.2.9"),
            right(3, "192.0.2.9"),
            wrong(1, HOME),
            unknown("nobody", HOME),
            wrong(1, "192.0.2.8"),
            wrong(2, "192.0.2.8"),
            right(2, "192.0.2.8")));
    instance.report();
    instance.outcomes(times(2, wrong(1, HOME)));
    String before = counters();
    stores.redis("DEL", KEYS.addresses(), KEYS.logins());
    stores.redis("HSET", KEYS.users(), "77", "3");
    for (String table : List.of("address_failures", "user_failures", "last_logins")) {
      stores.sql("DELETE FROM " + table);
    }
    stores.sql("INSERT INTO address_failures (ip, failures) VALUES ('192.0.2.77', 12)");
    instance.stores().rebuild().fromLog();
    assertSound();
    assertThat(counters()).isEqualTo(before);
    assertThat(stores.loggedIds()).hasSize(10);
    instance.awaitOpen();
    TestStores.await(
        "attempts are accepted again",
        () -> Waiting.on(instance.decide(right(1, HOME)).otherwise(WRONG)) == LOCKED);
  }

  private static String counters() {
    return new TreeMap<>(stores.hash(KEYS.addresses()))
        + " "
        + new TreeMap<>(stores.hash(KEYS.users()))
        + " "
        + new TreeMap<>(stores.hash(KEYS.logins()));
  }

  @Test
  void rebuildingTwiceGivesTheSame() {
    instance.open();
    instance.outcomes(
        List.of(right(2, HOME), wrong(1, HOME), wrong(1, "192.0.2.2"), right(2, HOME)));
    instance.stores().rebuild().fromLog();
    String first = counters();
    String epoch = instance.stores().rebuild().fromLog();
    assertThat(counters()).isEqualTo(first);
    assertThat(stores.hash(KEYS.state()))
        .containsEntry("generation", epoch)
        .containsEntry("sequence", "4");
  }

  @Test
  void anEmptyLogGivesEmptyCounters() {
    instance.open();
    stores.redis("HSET", KEYS.users(), "77", "3");
    instance.stores().rebuild().fromLog();
    assertSound();
    assertThat(stores.redis("EXISTS", KEYS.users(), KEYS.addresses(), KEYS.logins()).toLong())
        .isZero();
  }

  /** More than a page of each table, in an order of keys that is not that of the log. */
  @Test
  void historiesOfManyPagesAreCopiedWhole() {
    instance.open();
    stores.sql(
        "INSERT INTO login_log SELECT seq, '2014-02-22' + INTERVAL seq SECOND, seq * 7919 % 12001, 'name',"
            + " CONCAT('a', seq * 31 % 12001), seq % 2 FROM seq_1_to_24000");
    stores.sql("UPDATE service_state SET watermark = 24000");
    instance.stores().rebuild().fromLog();
    assertSound();
    assertThat(stores.redis("HLEN", KEYS.addresses()).toLong()).isGreaterThan(5_000);
    assertThat(stores.redis("HLEN", KEYS.users()).toLong()).isGreaterThan(5_000);
    assertThat(stores.redis("HLEN", KEYS.logins()).toLong()).isGreaterThan(5_000);
    stores.redis("FLUSHALL");
    instance.recovery().admit("", 0, "");
    assertSound();
  }

  @Test
  void rowsPutIntoTheLogByHandAreCounted() {
    instance.open();
    instance.outcomes(List.of(wrong(1, HOME), wrong(1, HOME)));
    stores.addLogRow(50, OptionalLong.of(1), "user1", HOME, false);
    TestInstance other = stores.instance();
    other.stores().rebuild().fromLog();
    other.close();
    assertSound();
    assertThat(stores.sql("SELECT watermark FROM service_state")).containsExactly("50");
  }

  @Test
  void aReplacementThatWasCutShortIsMadeGoodByARebuild() {
    instance.open();
    instance.outcome(wrong(1, HOME));
    instance.report();
    stores.sql("UPDATE service_state SET generation = ''");
    instance.stores().rebuild().fromLog();
    assertSound();
    instance.awaitOpen();
  }

  @Test
  void aRepairFromStateTablesKeepsOutOfAReplacement() {
    instance.open();
    stores.sql("UPDATE service_state SET generation = ''");
    assertThatThrownBy(() -> instance.recovery().admit("", 0, ""))
        .hasMessageContaining("being replaced");
    assertThat(stores.sql("SELECT generation FROM service_state")).containsExactly("");
  }

  /** Two processes that answer logins, and a third one that rebuilds again and again. */
  @Test
  void attemptsDuringARebuildFailOrAreCountedAndNothingIsLost() {
    instance.open();
    AtomicBoolean done = new AtomicBoolean();
    Set<String> answered = new TreeSet<>();
    AtomicInteger refused = new AtomicInteger();
    try (TestInstance second = stores.instance().open();
        TestInstance third = stores.instance()) {
      CompletableFuture<Void> rebuilds =
          CompletableFuture.runAsync(
                  () -> {
                    for (int i = 0; i < 8 || refused.get() == 0; i++) {
                      third.stores().rebuild().fromLog();
                    }
                  },
                  work -> new Thread(work, "rebuild").start())
              .whenComplete((nothing, error) -> done.set(true));
      for (int round = 0; !done.get(); round++) {
        Map<String, Future<Outcome>> outcomes = new HashMap<>();
        for (TestInstance each : List.of(instance, second)) {
          List<Attempt> attempts = named((each == instance ? "a" : "b") + round, round);
          List<Future<Outcome>> futures = each.decideTogether(attempts);
          for (int i = 0; i < attempts.size(); i++) {
            outcomes.put(attempts.get(i).login(), futures.get(i));
          }
        }
        Waiting.on(Future.join(new ArrayList<>(outcomes.values())).otherwiseEmpty());
        for (Map.Entry<String, Future<Outcome>> outcome : outcomes.entrySet()) {
          if (outcome.getValue().succeeded()) {
            answered.add(outcome.getKey());
          } else {
            refused.incrementAndGet();
          }
        }
      }
      rebuilds.join();
    }
    instance.awaitOpen();
    instance.report();
    assertSound();
    assertThat(answered).isNotEmpty();
    assertThat(stores.sql("SELECT login FROM login_log"))
        .containsExactlyInAnyOrderElementsOf(answered);
  }

  private static List<Attempt> named(String prefix, int round) {
    return LongStream.range(0, 10)
        .mapToObj(
            i ->
                new Attempt(
                    prefix + "-" + i,
                    OptionalLong.of(i % 4),
                    (i + round) % 3 == 0,
                    "192.0.2." + i % 3))
        .toList();
  }

  /** Counters that do not cover the queue would forget what waits in it. */
  @Test
  void countersAreNotPublishedOverAttemptsThatMySqlHasNotSeen() {
    instance.open();
    instance.outcome(wrong(1, HOME));
    String before = stores.redisContent();
    assertThatThrownBy(() -> instance.stores().fence().publish("new", 0, 0, "", "none"))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("flush it before publishing");
    assertThat(stores.redisContent()).isEqualTo(before);
  }

  @Test
  void oneProcessAtATimeRepairs() {
    try (TestInstance second = stores.instance(Map.of("SEKISHO_MYSQL_TIMEOUT_MS", "1000"))) {
      String result =
          instance
              .stores()
              .database()
              .alone(
                  "repair",
                  () -> {
                    assertThatThrownBy(() -> second.stores().rebuild().fromLog())
                        .isInstanceOf(DatabaseException.class)
                        .hasMessage("another process is busy with the repair of these stores");
                    return "done";
                  });
      assertThat(result).isEqualTo("done");
      assertThatThrownBy(
              () ->
                  instance
                      .stores()
                      .database()
                      .alone(
                          "repair",
                          () -> {
                            throw new IllegalStateException("broken off");
                          }))
          .hasMessage("broken off");
      second.stores().rebuild().fromLog();
      assertThat(second.verify().differences()).isEmpty();
    }
  }
}
