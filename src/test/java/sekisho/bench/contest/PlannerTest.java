package sekisho.bench.contest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import sekisho.bench.client.LoginTry;
import sekisho.bench.load.Account;
import sekisho.bench.load.ExpectedOutcome;

class PlannerTest {

  private static final RuleThresholds THRESHOLDS = new RuleThresholds(3, 10);

  private static List<Account> accounts(int count) {
    List<Account> accounts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      accounts.add(new Account("user" + i, "password", i % 10 == 0 ? 3 : 0, i % 10 == 0));
    }
    return accounts;
  }

  private static List<String> walk(
      long seed, int users, int attempts, Map<ExpectedOutcome, Integer> outcomes) {
    List<Account> accounts = accounts(users);
    ExpectedState expected = new ExpectedState(THRESHOLDS, accounts);
    SplittableRandom random = new SplittableRandom(seed);
    Planner planner =
        new Planner(
            0,
            expected,
            new UserPool(accounts, THRESHOLDS.user(), random),
            new AddressPool(0, 1, THRESHOLDS.address(), random),
            random);
    List<String> walked = new ArrayList<>();
    for (int i = 0; i < attempts; i++) {
      LoginTry attempt = planner.next();
      ExpectedOutcome outcome = expected.expected(attempt);
      walked.add(attempt + " " + outcome);
      outcomes.merge(outcome, 1, Integer::sum);
      expected.answered(attempt, outcome);
      planner.settle(attempt);
    }
    assertThat(planner.outOfUsers()).isEqualTo(users < attempts / 10);
    return walked;
  }

  @Test
  void sameSeedSameWalk() {
    List<String> walk = walk(1, 10_000, 5_000, new EnumMap<>(ExpectedOutcome.class));
    assertThat(walk(1, 10_000, 5_000, new EnumMap<>(ExpectedOutcome.class))).isEqualTo(walk);
    assertThat(walk(2, 10_000, 5_000, new EnumMap<>(ExpectedOutcome.class))).isNotEqualTo(walk);
  }

  @Test
  void everyOutcomeIsMet() {
    Map<ExpectedOutcome, Integer> outcomes = new EnumMap<>(ExpectedOutcome.class);
    walk(1, 20_000, 20_000, outcomes);
    assertThat(outcomes.get(ExpectedOutcome.SUCCESS)).isBetween(3_000, 4_500);
    assertThat(outcomes.get(ExpectedOutcome.WRONG)).isGreaterThan(13_000);
    assertThat(outcomes.get(ExpectedOutcome.LOCKED)).isGreaterThan(500);
    assertThat(outcomes.get(ExpectedOutcome.BANNED)).isGreaterThan(500);
  }

  @Test
  void goesOnWithUnknownNamesWhenUsersRunOut() {
    Map<ExpectedOutcome, Integer> outcomes = new EnumMap<>(ExpectedOutcome.class);
    List<String> walk = walk(1, 100, 5_000, outcomes);
    assertThat(walk.subList(4_000, 5_000)).anyMatch(attempt -> attempt.contains("nobody-0-"));
  }
}
