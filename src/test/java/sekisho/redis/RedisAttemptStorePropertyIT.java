package sekisho.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.lifecycle.BeforeTry;
import sekisho.login.Attempt;
import sekisho.login.Counters;
import sekisho.login.HistoryEntry;
import sekisho.login.InMemoryAttemptStore;
import sekisho.login.OperatorAct;
import sekisho.login.Outcome;
import sekisho.login.RecordedAttempt;
import sekisho.login.Thresholds;
import sekisho.metrics.Event;
import sekisho.redis.LastLoginsReader.LastLoginsValue;
import sekisho.testing.Attempts;
import sekisho.testing.TestInstance;
import sekisho.testing.TestStores;
import sekisho.testing.Waiting;

/**
 * Whatever is tried, in whatever bursts, Redis decides, counts and records as the store in memory
 * does.
 */
class RedisAttemptStorePropertyIT {

  private static TestStores stores;
  private static TestInstance first;
  private static TestInstance second;

  @BeforeContainer
  static void open() {
    stores = TestStores.empty();
    first = stores.instance().open();
    second = stores.instance().open();
  }

  @AfterContainer
  static void close() {
    first.close();
    second.close();
    stores.close();
  }

  private static long before;

  @BeforeTry
  void forget() {
    before = stores.forgetAttempts();
  }

  @Provide
  Arbitrary<List<List<Attempt>>> bursts() {
    return Attempts.bursts();
  }

  @Provide
  Arbitrary<List<OperatorAct>> acts() {
    return Attempts.act().list().ofSize(12);
  }

  @Property(tries = 150, shrinking = ShrinkingMode.BOUNDED)
  void burstsAreDecidedAsOneAfterTheOther(
      @ForAll("bursts") List<List<Attempt>> bursts,
      @ForAll("acts") List<OperatorAct> acts,
      @ForAll boolean withActs) {
    InMemoryAttemptStore meaning = new InMemoryAttemptStore(Thresholds.DEFAULT, Clock.systemUTC());
    for (List<Attempt> burst : bursts) {
      if (withActs) {
        OperatorAct act = acts.get(bursts.indexOf(burst));
        meaning.take(act);
        first.take(act);
      }
      long batches = first.metrics().total(Event.BATCH);
      assertThat(first.outcomes(burst)).isEqualTo(decided(meaning, burst));
      assertThat(first.metrics().total(Event.BATCH) - batches).as("calls to Redis").isEqualTo(1);
    }
    List<HistoryEntry> queue = stores.queuedHistory(0);
    assertThat(queue)
        .map(entry -> withoutTime(entry, 0))
        .isEqualTo(meaning.history().stream().map(entry -> withoutTime(entry, before)).toList());
    assertCountersAreTheFoldOf(queue);
  }

  /**
   * The queue is the order that Redis gave to what came at once; in that order, each outcome
   * follows from the rules.
   */
  @Property(tries = 40, shrinking = ShrinkingMode.BOUNDED)
  void twoInstancesAtOnceAreDecidedInTheOrderOfTheQueue(
      @ForAll("bursts") List<List<Attempt>> bursts) {
    Map<String, Attempt> attempts = new HashMap<>();
    Map<String, Future<Outcome>> outcomes = new HashMap<>();
    for (List<Attempt> burst : bursts) {
      List<Attempt> named = new ArrayList<>();
      for (Attempt attempt : burst) {
        String name = "attempt" + (attempts.size() + named.size());
        named.add(
            new Attempt(
                name,
                attempt.userId(),
                attempt.passwordMatches(),
                attempt.address(),
                attempt.allowed()));
      }
      TestInstance instance = bursts.indexOf(burst) % 2 == 0 ? first : second;
      List<Future<Outcome>> futures = instance.decideTogether(named);
      for (int i = 0; i < named.size(); i++) {
        attempts.put(named.get(i).login(), named.get(i));
        outcomes.put(named.get(i).login(), futures.get(i));
      }
    }
    outcomes.values().forEach(Waiting::on);
    List<RecordedAttempt> queue = stores.queued(0);
    assertThat(queue)
        .map(RecordedAttempt::login)
        .containsExactlyInAnyOrderElementsOf(attempts.keySet());
    InMemoryAttemptStore meaning = new InMemoryAttemptStore(Thresholds.DEFAULT, Clock.systemUTC());
    for (RecordedAttempt row : queue) {
      Outcome expected = Waiting.on(meaning.decide(attempts.get(row.login())));
      assertThat(outcomes.get(row.login()).result()).as(row.login()).isEqualTo(expected);
    }
    assertCountersAreTheFoldOf(queue);
  }

  private static List<Outcome> decided(InMemoryAttemptStore meaning, List<Attempt> attempts) {
    return attempts.stream().map(attempt -> Waiting.on(meaning.decide(attempt))).toList();
  }

  private static HistoryEntry withoutTime(HistoryEntry entry, long before) {
    long number = entry.sequence() + before;
    return entry instanceof RecordedAttempt row
        ? new RecordedAttempt(
            number, Instant.EPOCH, row.userId(), row.login(), row.address(), row.succeeded())
        : at(number, (OperatorAct) entry);
  }

  private static OperatorAct at(long number, OperatorAct act) {
    return new OperatorAct(
        number,
        Instant.EPOCH,
        act.kind(),
        act.userId(),
        act.subject(),
        act.operator(),
        act.reason());
  }

  private static void assertCountersAreTheFoldOf(List<? extends HistoryEntry> log) {
    Counters counters = new Counters();
    log.forEach(counters::apply);
    assertThat(stores.hash(TestStores.KEYS.addresses()))
        .isEqualTo(texts(counters.addressFailures()));
    assertThat(stores.hash(TestStores.KEYS.users())).isEqualTo(texts(counters.userFailures()));
    Map<Object, Object> logins = new HashMap<>();
    counters.lastLogins().forEach((user, last) -> logins.put(user, LastLoginsValue.format(last)));
    assertThat(stores.hash(TestStores.KEYS.logins())).isEqualTo(texts(logins));
    assertThat(stores.hash(TestStores.KEYS.state()))
        .containsEntry("sequence", Long.toString(before + log.size()));
  }

  private static Map<String, String> texts(Map<?, ?> map) {
    Map<String, String> texts = new HashMap<>();
    map.forEach((key, value) -> texts.put(key.toString(), value.toString()));
    return texts;
  }
}
