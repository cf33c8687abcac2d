package sekisho.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sekisho.login.Outcome.LOCKED;
import static sekisho.testing.Attempts.right;
import static sekisho.testing.Attempts.times;
import static sekisho.testing.Attempts.wrong;

import io.vertx.core.Future;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sekisho.login.Attempt;
import sekisho.login.Outcome;
import sekisho.login.StoreUnavailableException;
import sekisho.metrics.Event;
import sekisho.mysql.DatabaseException;
import sekisho.testing.TestInstance;
import sekisho.testing.TestServers;
import sekisho.testing.TestStores;
import sekisho.testing.Waiting;

/** Servers that stall, vanish and come back, under a store that goes on asking. */
class StoreOutageIT {

  private static final String HOME = "192.0.2.1";
  private static final Map<String, String> IMPATIENT =
      Map.of("SEKISHO_REDIS_TIMEOUT_MS", "300", "SEKISHO_MYSQL_TIMEOUT_MS", "1000");

  private static TestServers servers;
  private TestStores stores;
  private TestInstance instance;
  private final Set<String> answered = new TreeSet<>();
  private int attempts;

  @BeforeAll
  static void start() {
    servers = TestServers.start();
  }

  @AfterAll
  static void stop() {
    servers.close();
  }

  @BeforeEach
  void open() {
    stores = TestStores.emptied(servers.endpoints());
    stores.addUser(1, "user1");
    instance = stores.instance(IMPATIENT).open();
  }

  @AfterEach
  void close() {
    instance.close();
    stores.close();
  }

  private static void signal(String signal, long pid) {
    try {
      assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start().waitFor())
          .isZero();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * Submits ten attempts; none may have another end than an outcome or {@link
   * StoreUnavailableException}.
   */
  private int submit() {
    List<Attempt> burst =
        IntStream.range(attempts, attempts + 10)
            .mapToObj(
                i ->
                    new Attempt(
                        "attempt" + i, OptionalLong.of(i % 4), i % 3 == 0, "192.0.2." + i % 3))
            .toList();
    attempts += burst.size();
    Map<String, Future<Outcome>> outcomes = new HashMap<>();
    List<Future<Outcome>> futures = instance.decideTogether(burst);
    for (int i = 0; i < burst.size(); i++) {
      outcomes.put(burst.get(i).login(), futures.get(i));
    }
    int refused = 0;
    for (Map.Entry<String, Future<Outcome>> outcome : outcomes.entrySet()) {
      try {
        Waiting.on(outcome.getValue());
        answered.add(outcome.getKey());
      } catch (IllegalStateException e) {
        assertThat(e).hasCauseInstanceOf(StoreUnavailableException.class);
        refused++;
      }
    }
    return refused;
  }

  private void awaitAnswers() {
    TestStores.await("attempts are answered again", () -> submit() == 0);
  }

  private void assertAnsweredIsLoggedOnce() {
    instance.report();
    assertThat(stores.sql("SELECT login FROM login_log"))
        .containsAll(answered)
        .filteredOn(name -> name.startsWith("attempt"))
        .doesNotHaveDuplicates();
    assertThat(instance.verify().differences()).isEmpty();
    assertThat(instance.metrics().total(Event.LOST)).isZero();
  }

  @Test
  void connectionsThatAreKilledLoseNothingThatWasAnswered() {
    int refused = 0;
    for (int round = 0; round < 40; round++) {
      Future<Outcome> inFlight = instance.decide(right(9, "192.0.2.9"));
      stores.redis("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
      refused += submit();
      TestStores.await("an end", inFlight::isComplete);
    }
    assertThat(refused).isPositive();
    awaitAnswers();
    instance.report();
    assertThat(stores.sql("SELECT login FROM login_log WHERE login <> 'user9'"))
        .doesNotHaveDuplicates()
        .containsAll(answered);
    assertThat(instance.verify().differences()).isEmpty();
    assertThat(instance.metrics().total(Event.REPAIR)).isZero();
  }

  @Test
  void aRedisThatStallsIsNotWaitedForForEver() {
    submit();
    long pid = servers.servers().redis().pid().orElseThrow();
    signal("STOP", pid);
    try {
      assertThat(submit()).isEqualTo(10);
      assertThat(instance.isOpen()).isFalse();
      assertThat(submit()).isEqualTo(10);
      assertThatThrownBy(() -> Waiting.on(instance.lastLogins(1)))
          .hasCauseInstanceOf(StoreUnavailableException.class);
    } finally {
      signal("CONT", pid);
    }
    awaitAnswers();
    assertAnsweredIsLoggedOnce();
    assertThat(instance.metrics().total(Event.REPAIR)).isZero();
  }

  @Test
  void aRedisThatPausesItsClientsIsNotWaitedForForEver() {
    submit();
    stores.redis("CLIENT", "PAUSE", "1500");
    assertThat(submit()).isEqualTo(10);
    awaitAnswers();
    assertAnsweredIsLoggedOnce();
  }

  @Test
  void aRedisThatIsKilledComesBackWithAllThatWasAnswered() {
    submit();
    instance.report();
    for (int i = 0; i < 5; i++) {
      submit();
    }
    servers.servers().redis().kill();
    assertThat(submit()).isEqualTo(10);
    servers.servers().redis().start();
    awaitAnswers();
    assertAnsweredIsLoggedOnce();
    assertThat(instance.metrics().total(Event.REPAIR)).isZero();
  }

  @Test
  void withoutMySqlAttemptsGoOnAndTheQueueWaits() {
    instance.outcomes(times(3, wrong(1, HOME)));
    servers.servers().mariaDb().kill();
    try {
      assertThat(submit()).isZero();
      assertThat(instance.outcome(right(1, "192.0.2.50"))).isEqualTo(LOCKED);
      assertThatThrownBy(instance::report).hasCauseInstanceOf(StoreUnavailableException.class);
      assertThat(submit()).isZero();
    } finally {
      servers.servers().mariaDb().start();
    }
    TestStores.await(
        "a report",
        () -> {
          try {
            return instance.report().contains("user1");
          } catch (IllegalStateException e) {
            return false;
          }
        });
    reconnect();
    assertAnsweredIsLoggedOnce();
  }

  /** The probe's own connection ended with the server. */
  private void reconnect() {
    stores.close();
    stores = TestStores.reconnected(servers.endpoints());
  }

  @Test
  void aMySqlThatStallsIsNotWaitedForForEver() {
    submit();
    long pid = servers.servers().mariaDb().pid().orElseThrow();
    signal("STOP", pid);
    try {
      assertThatThrownBy(instance::report).hasCauseInstanceOf(StoreUnavailableException.class);
      assertThat(submit()).isZero();
    } finally {
      signal("CONT", pid);
    }
    TestStores.await(
        "a report",
        () -> {
          try {
            instance.report();
            return true;
          } catch (IllegalStateException e) {
            return false;
          }
        });
    assertAnsweredIsLoggedOnce();
  }

  @Test
  void withoutMySqlAnEmptiedRedisIsNotTrustedUntilItIsRepaired() {
    instance.outcomes(times(3, wrong(1, HOME)));
    instance.report();
    servers.servers().mariaDb().kill();
    try {
      stores.redis("FLUSHALL");
      assertThat(submit()).isEqualTo(10);
      TestStores.await("the epoch fence is closed", () -> !instance.isOpen());
      assertThatThrownBy(() -> instance.users().load())
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageStartingWith("cannot load the users: ");
    } finally {
      servers.servers().mariaDb().start();
    }
    instance.awaitOpen();
    assertThat(instance.outcome(right(1, "192.0.2.50"))).isEqualTo(LOCKED);
    assertThat(instance.users().current().nameOf(1)).contains("user1");
    reconnect();
    assertThat(instance.verify().differences()).isEmpty();
  }

  @Test
  void aStatementThatTakesTooLongFailsAndChangesNothing() {
    assertThatThrownBy(
            () ->
                instance
                    .stores()
                    .database()
                    .inTransaction(
                        transaction -> {
                          transaction.query("UPDATE service_state SET watermark = 77");
                          return transaction.query("SELECT SLEEP(2)");
                        }))
        .isInstanceOf(DatabaseException.class)
        .hasMessage("MySQL did not answer within 1000 ms");
    assertThat(stores.sql("SELECT watermark FROM service_state WHERE id = 1 FOR UPDATE"))
        .containsExactly("0");
    List<Long> results = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      results.add(
          instance.stores().database().query("SELECT ?", (long) i).iterator().next().getLong(0));
    }
    assertThat(results).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L);
  }
}
