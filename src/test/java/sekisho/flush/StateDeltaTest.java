package sekisho.flush;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import sekisho.login.Counters;
import sekisho.login.LastLogins;
import sekisho.login.RecordedAttempt;

class StateDeltaTest {

  /** What the state tables make of changes: see sql/flush. */
  private static final class Tables {

    private final Map<String, Long> addresses = new HashMap<>();
    private final Map<Long, Long> users = new HashMap<>();
    private final Map<Long, LastLogins> logins = new HashMap<>();

    void apply(StateDelta changes) {
      changes.addresses().forEach((address, change) -> count(addresses, address, change));
      changes.users().forEach((user, change) -> count(users, user, change));
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

    private static <K> void count(Map<K, Long> table, K key, StateDelta.Change change) {
      if (change.clears()) {
        table.remove(key);
      } else {
        table.merge(
            key, change.failures(), (stored, added) -> change.succeeded() ? added : stored + added);
      }
    }
  }

  @Property
  void theChangesOfChunksAddUpToTheFoldOfTheWhole(
      @ForAll("logs") List<RecordedAttempt> log, @ForAll @IntRange(min = 1, max = 12) int chunk) {
    Tables tables = new Tables();
    for (int from = 0; from < log.size(); from += chunk) {
      tables.apply(StateDelta.of(log.subList(from, Math.min(from + chunk, log.size()))));
    }
    Counters whole = new Counters();
    log.forEach(whole::apply);
    assertThat(tables.addresses).isEqualTo(whole.addressFailures());
    assertThat(tables.users).isEqualTo(whole.userFailures());
    assertThat(tables.logins).isEqualTo(whole.lastLogins());
  }

  @Property
  void runsThatAreGatheredFirstChangeTheSame(
      @ForAll("logs") List<RecordedAttempt> log, @ForAll @IntRange(min = 1, max = 12) int chunk) {
    StateDelta gathered = new StateDelta();
    for (int from = 0; from < log.size(); from += chunk) {
      gathered.addAll(StateDelta.of(log.subList(from, Math.min(from + chunk, log.size()))));
    }
    StateDelta whole = StateDelta.of(log);
    assertThat(gathered.addresses()).isEqualTo(whole.addresses());
    assertThat(gathered.users()).isEqualTo(whole.users());
    assertThat(gathered.logins()).isEqualTo(whole.logins());
  }

  @Provide
  Arbitrary<List<RecordedAttempt>> logs() {
    Arbitrary<OptionalLong> user =
        Arbitraries.longs()
            .between(0, 3)
            .map(id -> id == 0 ? OptionalLong.empty() : OptionalLong.of(id));
    Arbitrary<RecordedAttempt> attempt =
        Combinators.combine(
                user,
                Arbitraries.of("192.0.2.1", "192.0.2.2", "2001:db8::1"),
                Arbitraries.of(true, false))
            .as(
                (id, address, success) ->
                    new RecordedAttempt(
                        1, Instant.EPOCH, id, "name", address, success && id.isPresent()));
    return attempt.list().ofMaxSize(60).map(StateDeltaTest::numbered);
  }

  private static List<RecordedAttempt> numbered(List<RecordedAttempt> attempts) {
    List<RecordedAttempt> log = new ArrayList<>();
    for (RecordedAttempt attempt : attempts) {
      long sequence = log.size() + 1L;
      log.add(
          new RecordedAttempt(
              sequence,
              Instant.ofEpochMilli(sequence),
              attempt.userId(),
              attempt.login(),
              attempt.address(),
              attempt.succeeded()));
    }
    return log;
  }
}
