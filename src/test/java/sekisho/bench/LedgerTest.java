package sekisho.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LedgerTest {

  private static final String HOME = "127.1.0.3";
  private static final String AWAY = "127.1.0.6";

  private final Ledger ledger =
      new Ledger(
          new Thresholds(3, 10),
          List.of(
              new Account("alice", "secret", 0, false),
              new Account("bob", "secret", 2, true),
              new Account("carol", "secret", 3, true)));

  private Outcome attempt(String login, String address, boolean right) {
    Attempt attempt = new Attempt(login, "x", address, right);
    Outcome outcome = ledger.expected(attempt);
    ledger.answered(attempt, outcome);
    return outcome;
  }

  @Test
  void thirdFailureLocksAndRightPasswordNoLongerHelps() {
    assertThat(attempt("alice", HOME, false)).isEqualTo(Outcome.WRONG);
    assertThat(attempt("alice", AWAY, false)).isEqualTo(Outcome.WRONG);
    assertThat(ledger.lockedUsers().certain()).containsExactly("carol");
    assertThat(attempt("alice", HOME, false)).isEqualTo(Outcome.WRONG);
    assertThat(ledger.lockedUsers().certain()).containsExactly("alice", "carol");
    assertThat(attempt("alice", AWAY, true)).isEqualTo(Outcome.LOCKED);
    assertThat(ledger.userFailures("alice")).isEqualTo(4);
  }

  @Test
  void successSetsBothCountersToZero() {
    attempt("alice", HOME, false);
    attempt("alice", HOME, false);
    assertThat(attempt("alice", HOME, true)).isEqualTo(Outcome.SUCCESS);
    assertThat(ledger.userFailures("alice")).isZero();
    assertThat(ledger.addressFailures(HOME)).isZero();
  }

  @Test
  void tenthFailureBansBeforeAnythingElseIsLookedAt() {
    for (int i = 0; i < 10; i++) {
      assertThat(attempt("nobody", HOME, false)).isEqualTo(Outcome.WRONG);
    }
    assertThat(ledger.bannedAddresses().certain()).containsExactly(HOME);
    assertThat(attempt("alice", HOME, true)).isEqualTo(Outcome.BANNED);
    assertThat(attempt("carol", HOME, true)).isEqualTo(Outcome.BANNED);
  }

  @Test
  void bannedAndLockedAttemptsCount() {
    for (int i = 0; i < 10; i++) {
      attempt("carol", HOME, false);
    }
    attempt("alice", HOME, true);
    assertThat(ledger.userFailures("alice")).isEqualTo(1);
    assertThat(ledger.addressFailures(HOME)).isEqualTo(11);
    assertThat(ledger.userFailures("carol")).isEqualTo(13);
  }

  @Test
  void unknownNamesAreNeverListed() {
    for (int i = 0; i < 5; i++) {
      attempt("nobody", "127.1.0." + i, false);
    }
    assertThat(ledger.lockedUsers().certain()).containsExactly("carol");
    assertThat(ledger.userFailures("nobody")).isZero();
  }

  @Test
  void seededFailuresCount() {
    attempt("bob", HOME, false);
    assertThat(attempt("bob", HOME, true)).isEqualTo(Outcome.LOCKED);
  }

  @Test
  void lastLoginIsTheSuccessBeforeTheNewestOrTheOnlyOne() {
    attempt("alice", HOME, true);
    assertThat(ledger.lastLogin("alice")).isEqualTo(HOME);
    attempt("alice", AWAY, false);
    attempt("alice", AWAY, true);
    assertThat(ledger.lastLogin("alice")).isEqualTo(HOME);
    attempt("alice", "127.1.0.9", true);
    assertThat(ledger.lastLogin("alice")).isEqualTo(AWAY);
  }

  @Test
  void lastLoginOfASeededUserIsUnknownUntilTheSecondSuccess() {
    attempt("bob", HOME, true);
    assertThat(ledger.lastLogin("bob")).isNull();
    attempt("bob", AWAY, true);
    assertThat(ledger.lastLogin("bob")).isEqualTo(HOME);
  }

  @Test
  void cutOffFailureLeavesDoubtOnlyWhereItDecides() {
    ledger.unanswered(new Attempt("bob", "x", HOME, false));
    assertThat(ledger.lockedUsers().inDoubt()).containsExactly("bob");
    ledger.unanswered(new Attempt("alice", "x", HOME, false));
    ledger.unanswered(new Attempt("carol", "x", HOME, false));
    assertThat(ledger.lockedUsers().inDoubt()).containsExactly("bob");
    assertThat(ledger.lockedUsers().certain()).containsExactly("carol");
  }

  @Test
  void cutOffSuccessMayHaveSetTheCountersToZero() {
    for (int i = 0; i < 9; i++) {
      attempt("nobody", HOME, false);
    }
    ledger.unanswered(new Attempt("alice", "x", HOME, true));
    ledger.answered(new Attempt("nobody", "x", HOME, false), Outcome.WRONG);
    assertThat(ledger.bannedAddresses().certain()).isEmpty();
    assertThat(ledger.bannedAddresses().inDoubt()).containsExactly(HOME);
  }
}
