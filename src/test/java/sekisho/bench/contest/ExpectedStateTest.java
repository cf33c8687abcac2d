package sekisho.bench.contest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import sekisho.bench.client.LoginTry;
import sekisho.bench.load.Account;
import sekisho.bench.load.ExpectedOutcome;

class ExpectedStateTest {

  private static final String HOME = "127.1.0.3";
  private static final String AWAY = "127.1.0.6";

  private final ExpectedState expected =
      new ExpectedState(
          new RuleThresholds(3, 10),
          List.of(
              new Account("alice", "secret", 0, false),
              new Account("bob", "secret", 2, true),
              new Account("carol", "secret", 3, true)));

  private ExpectedOutcome attempt(String login, String address, boolean right) {
    LoginTry attempt = new LoginTry(login, "x", address, right);
    ExpectedOutcome outcome = expected.expected(attempt);
    expected.answered(attempt, outcome);
    return outcome;
  }

  @Test
  void thirdFailureLocksAndRightPasswordNoLongerHelps() {
    assertThat(attempt("alice", HOME, false)).isEqualTo(ExpectedOutcome.WRONG);
    assertThat(attempt("alice", AWAY, false)).isEqualTo(ExpectedOutcome.WRONG);
    assertThat(expected.lockedUsers().certain()).containsExactly("carol");
    assertThat(attempt("alice", HOME, false)).isEqualTo(ExpectedOutcome.WRONG);
    assertThat(expected.lockedUsers().certain()).containsExactly("alice", "carol");
    assertThat(attempt("alice", AWAY, true)).isEqualTo(ExpectedOutcome.LOCKED);
    assertThat(expected.userFailures("alice")).isEqualTo(4);
  }

  @Test
  void successSetsBothCountersToZero() {
    attempt("alice", HOME, false);
    attempt("alice", HOME, false);
    assertThat(attempt("alice", HOME, true)).isEqualTo(ExpectedOutcome.SUCCESS);
    assertThat(expected.userFailures("alice")).isZero();
    assertThat(expected.addressFailures(HOME)).isZero();
  }

  @Test
  void tenthFailureBansBeforeAnythingElseIsLookedAt() {
    for (int i = 0; i < 10; i++) {
      assertThat(attempt("nobody", HOME, false)).isEqualTo(ExpectedOutcome.WRONG);
    }
    assertThat(expected.bannedAddresses().certain()).containsExactly(HOME);
    assertThat(attempt("alice", HOME, true)).isEqualTo(ExpectedOutcome.BANNED);
    assertThat(attempt("carol", HOME, true)).isEqualTo(ExpectedOutcome.BANNED);
  }

  @Test
  void bannedAndLockedAttemptsCount() {
    for (int i = 0; i < 10; i++) {
      attempt("carol", HOME, false);
    }
    attempt("alice", HOME, true);
    assertThat(expected.userFailures("alice")).isEqualTo(1);
    assertThat(expected.addressFailures(HOME)).isEqualTo(11);
    assertThat(expected.userFailures("carol")).isEqualTo(13);
  }

  @Test
  void unknownNamesAreNeverListed() {
    for (int i = 0; i < 5; i++) {
      attempt("nobody", "127.1.0." + i, false);
    }
    assertThat(expected.lockedUsers().certain()).containsExactly("carol");
    assertThat(expected.userFailures("nobody")).isZero();
  }

  @Test
  void seededFailuresCount() {
    attempt("bob", HOME, false);
    assertThat(attempt("bob", HOME, true)).isEqualTo(ExpectedOutcome.LOCKED);
  }

  @Test
  void lastLoginIsTheSuccessBeforeTheNewestOrTheOnlyOne() {
    attempt("alice", HOME, true);
    assertThat(expected.lastLogin("alice")).isEqualTo(HOME);
    attempt("alice", AWAY, false);
    attempt("alice", AWAY, true);
    assertThat(expected.lastLogin("alice")).isEqualTo(HOME);
    attempt("alice", "127.1.0.9", true);
    assertThat(expected.lastLogin("alice")).isEqualTo(AWAY);
  }

  @Test
  void lastLoginOfASeededUserIsUnknownUntilTheSecondSuccess() {
    attempt("bob", HOME, true);
    assertThat(expected.lastLogin("bob")).isNull();
    attempt("bob", AWAY, true);
    assertThat(expected.lastLogin("bob")).isEqualTo(HOME);
  }

  @Test
  void cutOffFailureLeavesDoubtOnlyWhereItDecides() {
    expected.unanswered(new LoginTry("bob", "x", HOME, false));
    assertThat(expected.lockedUsers().inDoubt()).containsExactly("bob");
    expected.unanswered(new LoginTry("alice", "x", HOME, false));
    expected.unanswered(new LoginTry("carol", "x", HOME, false));
    assertThat(expected.lockedUsers().inDoubt()).containsExactly("bob");
    assertThat(expected.lockedUsers().certain()).containsExactly("carol");
  }

  @Test
  void cutOffSuccessMayHaveSetTheCountersToZero() {
    for (int i = 0; i < 9; i++) {
      attempt("nobody", HOME, false);
    }
    expected.unanswered(new LoginTry("alice", "x", HOME, true));
    expected.answered(new LoginTry("nobody", "x", HOME, false), ExpectedOutcome.WRONG);
    assertThat(expected.bannedAddresses().certain()).isEmpty();
    assertThat(expected.bannedAddresses().inDoubt()).containsExactly(HOME);
  }
}
