package sekisho.flush;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.lifecycle.BeforeTry;
import sekisho.login.Attempt;
import sekisho.login.Counters;
import sekisho.login.HistoryEntry;
import sekisho.login.OperatorAct;
import sekisho.testing.Attempts;
import sekisho.testing.TestInstance;
import sekisho.testing.TestStores;

/** However the queue is cut into chunks, the state tables are the fold of the log. */
class QueueFlushPropertyIT {

  private static TestStores stores;
  private static TestInstance instance;

  @BeforeContainer
  static void open() {
    stores = TestStores.empty();
    instance = stores.instance().open();
  }

  @AfterContainer
  static void close() {
    instance.close();
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

  @Property(tries = 50, shrinking = ShrinkingMode.BOUNDED)
  void stateTablesAreTheFoldOfTheLog(
      @ForAll("bursts") List<List<Attempt>> bursts,
      @ForAll("acts") List<OperatorAct> acts,
      @ForAll @Size(12) List<@IntRange(min = 0, max = 50) Integer> chunks) {
    Counters counters = new Counters();
    for (int i = 0; i < bursts.size(); i++) {
      instance.outcomes(bursts.get(i));
      instance.take(acts.get(i));
      for (HistoryEntry entry : stores.queuedHistory(-bursts.get(i).size() - 1)) {
        counters.apply(entry);
      }
      if (chunks.get(i) > 0) {
        instance.flush(chunks.get(i)).flush();
      }
    }
    assertThat(instance.verify().differences())
        .as("with part of the attempts in the queue")
        .isEmpty();
    instance.flush(25).flush();
    assertThat(counts("SELECT ip, failures FROM address_failures"))
        .isEqualTo(texts(counters.addressFailures()));
    assertThat(counts("SELECT user_id, failures FROM user_failures"))
        .isEqualTo(texts(counters.userFailures()));
    assertThat(stores.number("SELECT COUNT(*) FROM login_log"))
        .isEqualTo(bursts.stream().mapToInt(List::size).sum());
    assertThat(stores.number("SELECT MAX(id) FROM operator_events"))
        .isEqualTo(before + bursts.stream().mapToInt(List::size).sum() + bursts.size());
    assertThat(stores.number("SELECT COUNT(*) FROM operator_events")).isEqualTo(bursts.size());
    assertThat(instance.verify().differences()).as("with all attempts in the log").isEmpty();
    if (chunks.get(0) < 5) {
      assertThatARebuildChangesNothing(counters);
    }
  }

  /** Now and then: instances take up to a second until they serve the new epoch. */
  private static void assertThatARebuildChangesNothing(Counters counters) {
    String report = instance.report();
    Map<String, String> redis = stores.hash(TestStores.KEYS.addresses());
    String epoch = instance.stores().rebuild().fromLog();
    TestStores.await("the new epoch is served", () -> instance.servedEpoch().equals(epoch));
    assertThat(stores.hash(TestStores.KEYS.addresses())).isEqualTo(redis);
    assertThat(counts("SELECT user_id, failures FROM user_failures"))
        .isEqualTo(texts(counters.userFailures()));
    assertThat(instance.report()).isEqualTo(report);
    assertThat(instance.verify().differences()).as("after a rebuild").isEmpty();
  }

  @Provide
  Arbitrary<List<OperatorAct>> acts() {
    return Attempts.act().list().ofSize(12);
  }

  private static Map<String, String> counts(String statement) {
    Map<String, String> counts = new HashMap<>();
    stores.sql(statement).forEach(row -> counts.put(row.split(" ")[0], row.split(" ")[1]));
    return counts;
  }

  private static Map<String, String> texts(Map<?, Long> counters) {
    Map<String, String> texts = new HashMap<>();
    counters.forEach((key, count) -> texts.put(key.toString(), count.toString()));
    return texts;
  }
}
