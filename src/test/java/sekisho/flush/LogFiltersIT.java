package sekisho.flush;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.testing.Attempts.wrong;

import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sekisho.flush.LogFilters.Run;
import sekisho.login.Thresholds;
import sekisho.ops.Explanation;
import sekisho.ops.ExplanationReader;
import sekisho.ops.Subject;
import sekisho.testing.StoreTestBase;
import sekisho.testing.TestStores;

/** Filters over runs of the log, and what they find. */
class LogFiltersIT extends StoreTestBase {

  /** Three runs, and some attempts that belong to none yet. */
  private static final int ROWS = 3 * LogFilters.RUN + 100;

  private static final String RARE = "2001:db8:0:7::/64";

  private LogFilters filters;

  /** A log that was put there by hand. */
  @BeforeEach
  void fill() {
    stores.sql(
        "INSERT INTO login_log SELECT a.n + 256 * b.n + 1, '2026-01-01' + INTERVAL a.n SECOND, NULL, 'x',"
            + " CONCAT('10.0.', b.n, '.', a.n), 0 FROM"
            + digits(256)
            + " AS a JOIN"
            + digits(256)
            + " AS b WHERE a.n + 256 * b.n < "
            + ROWS);
    instance.stores().rebuild().fromLog();
    instance.awaitOpen();
    filters = new LogFilters(instance.stores().database());
  }

  private static String digits(int below) {
    return " (WITH RECURSIVE d(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM d WHERE n < "
        + (below - 1)
        + ") SELECT n FROM d)";
  }

  private void addAll() {
    while (filters.addNext()) {
      assertThat(filters.end()).isPositive();
    }
  }

  private Explanation explain(Subject subject) {
    return new ExplanationReader(
            instance.stores().database(),
            instance.stores().redis(),
            TestStores.KEYS,
            instance.stores().queue(),
            Thresholds.DEFAULT)
        .read(subject);
  }

  private static Subject address(String address) {
    return new Subject(OptionalLong.empty(), address);
  }

  private List<Long> numbers(Subject subject) {
    Explanation explanation = explain(subject);
    assertThat(explanation.searchedDownTo()).isZero();
    return explanation.attempts().stream().map(Explanation.Attempt::number).toList();
  }

  @Test
  void runsAreAddedWhenTheyAreWholeAndFindWhatTheyHold() {
    addAll();
    assertThat(filters.end()).isEqualTo(3L * LogFilters.RUN);
    assertThat(filters.begin(-1)).isZero();
    String inTheSecond = "10.0." + (LogFilters.RUN / 256 + 1) + ".5";
    Run second = new Run(LogFilters.RUN, 2L * LogFilters.RUN);
    assertThat(filters.withSubject(inTheSecond, ROWS, 10)).contains(second);
    assertThat(filters.withSubject(inTheSecond, 2L * LogFilters.RUN - 1, 10))
        .doesNotContain(second);
    assertThat(filters.withSubject("10.9.9.9", ROWS, 10)).hasSizeLessThan(2);
    assertThat(filters.addNext()).as("a part of a run").isFalse();
  }

  @Test
  void oneWhoTriesRarelyIsFoundWithFiltersAndWithout() {
    stores.sql("UPDATE login_log SET ip = '" + RARE + "' WHERE id IN (3, 20000, 49200)");
    stores.sql("UPDATE login_log SET user_id = 2, succeeded = 1 WHERE id IN (4, 33000)");
    Subject user = new Subject(OptionalLong.of(2), "user2");
    instance.outcomes(List.of(wrong(2, RARE)));
    List<Long> ofAddress = List.of(ROWS + 1L, 49_200L, 20_000L, 3L);
    List<Long> ofUser = List.of(ROWS + 1L, 33_000L, 4L);
    for (int runs = 0; runs <= 3; runs++) {
      assertThat(numbers(address(RARE))).as(runs + " runs").isEqualTo(ofAddress);
      assertThat(numbers(user)).as(runs + " runs").isEqualTo(ofUser);
      assertThat(filters.addNext()).isEqualTo(runs < 3);
    }
  }

  @Test
  void theNewestHundredOfOneWhoTriesOftenAreFound() {
    stores.sql("UPDATE login_log SET ip = '" + RARE + "' WHERE id % 400 = 0");
    addAll();
    Explanation explanation = explain(address(RARE));
    assertThat(explanation.attempts()).hasSize(100);
    assertThat(explanation.attempts().get(0).number()).isEqualTo(ROWS / 400 * 400);
    assertThat(explanation.attempts().get(99).number()).isEqualTo((ROWS / 400 - 99) * 400);
    assertThat(explanation.searchedDownTo())
        .isBetween((ROWS / 400 - 100) * 400L, (ROWS / 400 - 99) * 400L);
  }

  @Test
  void goWithWhatIsPrunedAndAreMadeAnewByARebuild() {
    addAll();
    stores.sql("UPDATE login_log SET created_at = '2020-01-01' WHERE id <= 20000");
    new Pruning(instance.stores().database(), Thresholds.DEFAULT)
        .before(Instant.parse("2021-01-01T00:00:00Z"));
    assertThat(stores.sql("SELECT above, up_to FROM log_filters"))
        .containsExactly("16384 32768", "32768 49152");
    assertThat(numbers(address("10.0.100.1"))).containsExactly(25_602L);
    assertThat(numbers(address("10.0.1.1"))).as("pruned").isEmpty();
    instance.stores().rebuild().fromLog();
    assertThat(stores.sql("SELECT up_to FROM log_filters")).isEmpty();
    addAll();
    assertThat(stores.sql("SELECT above, up_to FROM log_filters")).containsExactly("20000 36384");
    assertThat(numbers(address("10.0.100.1"))).containsExactly(25_602L);
  }
}
