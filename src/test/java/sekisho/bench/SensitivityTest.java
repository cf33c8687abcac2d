package sekisho.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import sekisho.bench.client.LoginTry;
import sekisho.bench.contest.AddressPool;
import sekisho.bench.contest.ExpectedState;
import sekisho.bench.contest.Planner;
import sekisho.bench.contest.RuleThresholds;
import sekisho.bench.contest.UserPool;
import sekisho.bench.load.Account;
import sekisho.bench.load.ExpectedOutcome;

/**
 * How likely one lost or repeated failure in the login log changes the final report. A later
 * success covers it up, and so do failures beyond the threshold; the pools' goals are there to keep
 * that from most rows.
 */
class SensitivityTest {

  private static final RuleThresholds THRESHOLDS = new RuleThresholds(3, 10);
  private static final int ATTEMPTS = 40_000;

  private static final Map<String, List<Boolean>> ROWS = new HashMap<>();
  private static final List<String[]> FAILED = new ArrayList<>();
  private static final List<int[]> PLACES = new ArrayList<>();

  @BeforeAll
  static void walk() {
    List<Account> accounts = new ArrayList<>();
    for (int i = 0; i < 30_000; i++) {
      accounts.add(new Account("user" + i, "password", 0, false));
    }
    ExpectedState expected = new ExpectedState(THRESHOLDS, accounts);
    SplittableRandom random = new SplittableRandom(7);
    Planner planner =
        new Planner(
            0,
            expected,
            new UserPool(accounts, THRESHOLDS.user(), random),
            new AddressPool(0, 8, THRESHOLDS.address(), random),
            random);
    for (int i = 0; i < ATTEMPTS; i++) {
      LoginTry attempt = planner.next();
      ExpectedOutcome outcome = expected.expected(attempt);
      expected.answered(attempt, outcome);
      planner.settle(attempt);
      boolean success = outcome == ExpectedOutcome.SUCCESS;
      List<Boolean> ofUser = ROWS.computeIfAbsent(attempt.login(), key -> new ArrayList<>());
      List<Boolean> ofAddress = ROWS.computeIfAbsent(attempt.address(), key -> new ArrayList<>());
      if (!success) {
        FAILED.add(new String[] {attempt.login(), attempt.address()});
        PLACES.add(new int[] {ofUser.size(), ofAddress.size()});
      }
      ofUser.add(success);
      ofAddress.add(success);
    }
  }

  @Test
  void moreThanHalfOfLostRowsShow() {
    assertThat(share(0)).isGreaterThan(0.5);
  }

  @Test
  void moreThanHalfOfRepeatedRowsShow() {
    assertThat(share(2)).isGreaterThan(0.5);
  }

  private static double share(int times) {
    int seen = 0;
    for (int i = 0; i < FAILED.size(); i++) {
      String login = FAILED.get(i)[0];
      boolean user =
          !login.startsWith("nobody") && changes(ROWS.get(login), PLACES.get(i)[0], times, 3);
      seen += user || changes(ROWS.get(FAILED.get(i)[1]), PLACES.get(i)[1], times, 10) ? 1 : 0;
    }
    return (double) seen / FAILED.size();
  }

  private static boolean changes(List<Boolean> rows, int place, int times, int threshold) {
    int right = 0;
    int wrong = 0;
    for (int i = 0; i < rows.size(); i++) {
      right = rows.get(i) ? 0 : right + 1;
      wrong = rows.get(i) ? 0 : wrong + (i == place ? times : 1);
    }
    return right >= threshold != wrong >= threshold;
  }
}
