package sekisho.flush;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import sekisho.login.CounterChange;
import sekisho.login.Counters;
import sekisho.login.HistoryEntry;
import sekisho.login.LastLogins;
import sekisho.login.OperatorAct;
import sekisho.login.RecordedAttempt;
import sekisho.login.Thresholds;
import sekisho.testing.Histories;

class StateDeltaTest {

  private static final Thresholds THRESHOLDS = new Thresholds(3, 4);

  /** What the state tables make of changes: see sql/flush.sql. */
  private static final class Tables {

    private final Map<String, Long> addresses = new HashMap<>();
    private final Map<Long, Long> users = new HashMap<>();
    private final Map<Object, Long> since = new HashMap<>();
    private final Map<Long, LastLogins> logins = new HashMap<>();

    void apply(StateDelta changes) {
      changes
          .addresses()
          .forEach((address, change) -> count(addresses, address, change, THRESHOLDS.ipBan()));
      changes.users().forEach((user, change) -> count(users, user, change, THRESHOLDS.userLock()));
      changes
          .logins()
          .forEach(
              (user, run) ->
                  logins.merge(
                      user,
                      run,
                      (stored, newer) ->
                          newer.previous().isPresent()
                              ? newer
                              : new LastLogins(newer.newest(), Optional.of(stored.newest()))));
    }

    private <K> void count(Map<K, Long> table, K key, StateDelta.Count count, int threshold) {
      long before = table.getOrDefault(key, 0L);
      long failures = CounterChange.failuresOf(before);
      long after = CounterChange.apply(before, count.change());
      if (CounterChange.clears(count.change())) {
        since.remove(key);
        failures = 0;
      }
      if (failures < threshold && CounterChange.failuresOf(after) >= threshold) {
        since.put(key, count.failureAt((int) (threshold - failures)));
      }
      table.put(key, after);
      table.values().removeIf(counter -> counter == 0);
      assertThat(count.clears() && CounterChange.lifts(count.change()))
          .as("a pardon alone leaves nothing")
          .isEqualTo(count.clears() && CounterChange.lifts(count.change()) && after == 0);
    }
  }

  private static StateDelta delta(List<HistoryEntry> entries) {
    StateDelta delta = new StateDelta(THRESHOLDS);
    entries.forEach(delta::add);
    return delta;
  }

  @Property
  void theChangesOfChunksAddUpToTheFoldOfTheWhole(
      @ForAll("histories") List<HistoryEntry> history,
      @ForAll @IntRange(min = 1, max = 12) int chunk) {
    Tables tables = new Tables();
    chunks(history, chunk).forEach(part -> tables.apply(delta(part)));
    assertIsTheFold(tables, history);
  }

  @Property
  void runsThatAreGatheredFirstChangeTheSame(
      @ForAll("histories") List<HistoryEntry> history,
      @ForAll @IntRange(min = 1, max = 12) int chunk,
      @ForAll @IntRange(min = 1, max = 5) int gathered) {
    Tables tables = new Tables();
    for (List<HistoryEntry> part : chunks(history, chunk * gathered)) {
      StateDelta all = new StateDelta(THRESHOLDS);
      chunks(part, chunk).forEach(small -> all.addAll(delta(small)));
      tables.apply(all);
    }
    assertIsTheFold(tables, history);
  }

  /** Else the times of one address could take megabytes. */
  @Example
  void timesAreNotKeptForHighThresholds() {
    StateDelta delta = new StateDelta(new Thresholds(3, StateDelta.MOST_TIMES + 1));
    for (int i = 1; i <= 5; i++) {
      delta.add(
          new RecordedAttempt(
              i, Instant.ofEpochMilli(i), OptionalLong.of(7), "name", "192.0.2.1", false));
    }
    assertThat(delta.addresses().get("192.0.2.1").later()).isEmpty();
    assertThat(CounterChange.failures(delta.addresses().get("192.0.2.1").change())).isEqualTo(5);
    assertThat(delta.users().get(7L).later()).isEqualTo("1,2");
  }

  private static void assertIsTheFold(Tables tables, List<HistoryEntry> history) {
    Counters whole = new Counters();
    history.forEach(whole::apply);
    assertThat(tables.addresses).isEqualTo(whole.addressFailures());
    assertThat(tables.users).isEqualTo(whole.userFailures());
    assertThat(tables.logins).isEqualTo(whole.lastLogins());
    Map<Object, Long> since = new HashMap<>();
    whole
        .addressFailures()
        .keySet()
        .forEach(
            address ->
                since(
                        history,
                        attempt -> attempt.address().equals(address),
                        act -> act.userId().isEmpty() && act.subject().equals(address),
                        THRESHOLDS.ipBan())
                    .ifPresent(at -> since.put(address, at)));
    whole
        .userFailures()
        .keySet()
        .forEach(
            user ->
                since(
                        history,
                        attempt -> attempt.userId().equals(OptionalLong.of(user)),
                        act -> act.userId().equals(OptionalLong.of(user)),
                        THRESHOLDS.userLock())
                    .ifPresent(at -> since.put(user, at)));
    assertThat(tables.since).isEqualTo(since);
  }

  /** When the failures of an address or user reached the threshold. */
  private static Optional<Long> since(
      List<HistoryEntry> history,
      Predicate<RecordedAttempt> attempts,
      Predicate<OperatorAct> acts,
      int threshold) {
    Optional<Long> since = Optional.empty();
    int failures = 0;
    for (HistoryEntry entry : history) {
      if (entry instanceof RecordedAttempt attempt && attempts.test(attempt)) {
        failures = attempt.succeeded() ? 0 : failures + 1;
        if (failures == threshold) {
          since = Optional.of(attempt.at().toEpochMilli());
        }
      }
      boolean pardoned =
          entry instanceof OperatorAct act
              && acts.test(act)
              && act.kind() == OperatorAct.Kind.PARDON;
      failures = pardoned ? 0 : failures;
      since = failures == 0 ? Optional.empty() : since;
    }
    return since;
  }

  private static List<List<HistoryEntry>> chunks(List<HistoryEntry> history, int size) {
    List<List<HistoryEntry>> chunks = new ArrayList<>();
    for (int from = 0; from < history.size(); from += size) {
      chunks.add(history.subList(from, Math.min(from + size, history.size())));
    }
    return chunks;
  }

  @Provide
  Arbitrary<List<HistoryEntry>> histories() {
    return Histories.of(Instant.EPOCH);
  }
}
