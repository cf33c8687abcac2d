package sekisho.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.login.CounterChange;
import sekisho.login.Counters;
import sekisho.login.RecordedAttempt;
import sekisho.redis.LastLoginsReader.LastLoginsValue;
import sekisho.verify.Fact.Subject;

/** However many attempts are folded at once, their facts together are what the counters mean. */
class LogFoldTest {

  private final Counters expected = new Counters();
  private final Map<String, Long> failures = new TreeMap<>();
  private final Map<String, String> logins = new TreeMap<>();

  private void accept(Fact fact) {
    String key = (fact.subject() == Subject.USER ? "user " : "") + fact.key();
    failures.merge(
        key,
        CounterChange.apply(0, fact.value()),
        (before, first) -> CounterChange.apply(before, fact.value()));
    logins.merge(key, fact.text(), Fact::logins);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 5, 1000})
  void factsAreTheFoldOfTheLog(int keys) {
    LogFold fold = new LogFold(this::accept, keys);
    Random random = new Random(keys);
    for (int number = 1; number <= 2_000; number++) {
      RecordedAttempt attempt = attempt(number, random);
      expected.apply(attempt);
      if (keys == 0) {
        LogFold.single(attempt, this::accept);
      } else {
        fold.add(attempt);
      }
      if (random.nextInt(100) == 0) {
        fold.flush();
        assertFolded();
      }
    }
    fold.flush();
    assertFolded();
  }

  private static RecordedAttempt attempt(int number, Random random) {
    OptionalLong user =
        random.nextInt(4) == 0 ? OptionalLong.empty() : OptionalLong.of(random.nextInt(5));
    return new RecordedAttempt(
        number,
        Instant.ofEpochMilli(1_000_000 + number),
        user,
        "name",
        "192.0.2." + random.nextInt(5),
        user.isPresent() && random.nextInt(3) == 0);
  }

  private void assertFolded() {
    Map<String, Long> counters = new TreeMap<>(expected.addressFailures());
    expected.userFailures().forEach((user, count) -> counters.put("user " + user, count));
    failures.values().removeIf(count -> count == 0);
    assertThat(failures).isEqualTo(counters);
    logins.values().removeIf(String::isEmpty);
    assertThat(logins)
        .isEqualTo(
            expected.lastLogins().entrySet().stream()
                .collect(
                    Collectors.toMap(
                        entry -> "user " + entry.getKey(),
                        entry -> LastLoginsValue.format(entry.getValue()))));
  }
}
