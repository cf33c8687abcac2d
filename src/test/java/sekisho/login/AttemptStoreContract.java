package sekisho.login;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.login.Outcome.BANNED;
import static sekisho.login.Outcome.LOCKED;
import static sekisho.login.Outcome.SUCCESS;
import static sekisho.login.Outcome.WRONG;
import static sekisho.testing.Attempts.right;
import static sekisho.testing.Attempts.times;
import static sekisho.testing.Attempts.unknown;
import static sekisho.testing.Attempts.wrong;

import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import sekisho.testing.Attempts;
import sekisho.testing.Waiting;

/**
 * What every attempt store does: the rules of a login attempt (SPEC section 1). The thresholds are
 * 3 and 10.
 */
public abstract class AttemptStoreContract {

  private static final String HOME = "192.0.2.1";

  /** The store under test, empty at the beginning of each test. */
  protected abstract AttemptStore store();

  /** All attempts recorded so far, in their order. */
  protected abstract List<RecordedAttempt> log();

  /** Submits all before waiting for any. */
  private List<Outcome> decide(List<Attempt> attempts) {
    List<Future<Outcome>> outcomes = new ArrayList<>();
    attempts.forEach(attempt -> outcomes.add(store().decide(attempt)));
    return outcomes.stream().map(Waiting::on).toList();
  }

  private Outcome decide(Attempt attempt) {
    return Waiting.on(store().decide(attempt));
  }

  private Optional<LastLogins> lastLogins(long userId) {
    return Waiting.on(store().lastLogins(userId));
  }

  @Test
  void theThirdFailureIsStillToldWrongAndTheFourthLocked() {
    assertThat(decide(times(4, wrong(1, HOME)))).containsExactly(WRONG, WRONG, WRONG, LOCKED);
  }

  @Test
  void aLockedUserIsNotLetInByTheRightPassword() {
    decide(times(3, wrong(1, HOME)));
    assertThat(decide(right(1, "192.0.2.99"))).isEqualTo(LOCKED);
  }

  @Test
  void theTenthFailureIsStillToldWrongAndTheEleventhBanned() {
    List<Attempt> attempts =
        IntStream.rangeClosed(1, 11).mapToObj(user -> wrong(user, HOME)).toList();
    assertThat(decide(attempts))
        .startsWith(Collections.nCopies(10, WRONG).toArray(Outcome[]::new))
        .endsWith(BANNED);
  }

  @Test
  void aBannedAddressLearnsNothingAboutPasswordsOrLocks() {
    decide(times(10, unknown("nobody", HOME)));
    assertThat(decide(right(1, HOME))).isEqualTo(BANNED);
    decide(times(3, wrong(2, "192.0.2.2")));
    assertThat(decide(wrong(2, HOME))).isEqualTo(BANNED);
    assertThat(decide(unknown("nobody", HOME))).isEqualTo(BANNED);
  }

  @Test
  void aBanOfOneAddressDoesNotTouchOthers() {
    decide(times(10, unknown("nobody", HOME)));
    assertThat(decide(right(1, "192.0.2.2"))).isEqualTo(SUCCESS);
  }

  @Test
  void failuresWhileBannedCountForTheUserToo() {
    decide(times(10, unknown("nobody", HOME)));
    decide(times(3, wrong(1, HOME)));
    assertThat(decide(right(1, "192.0.2.2"))).isEqualTo(LOCKED);
  }

  @Test
  void aRightPasswordWhileBannedIsAFailureOfTheUser() {
    decide(times(10, unknown("nobody", HOME)));
    decide(times(3, right(1, HOME)));
    assertThat(decide(right(1, "192.0.2.2"))).isEqualTo(LOCKED);
    assertThat(lastLogins(1)).isEmpty();
  }

  @Test
  void failuresWhileLockedCountForTheAddress() {
    assertThat(decide(times(11, wrong(1, HOME)))).endsWith(LOCKED, BANNED);
    assertThat(decide(right(2, HOME))).isEqualTo(BANNED);
  }

  @Test
  void aSuccessSetsTheUsersFailuresToZero() {
    decide(List.of(wrong(1, HOME), wrong(1, HOME), right(1, HOME)));
    assertThat(decide(times(4, wrong(1, HOME)))).containsExactly(WRONG, WRONG, WRONG, LOCKED);
  }

  @Test
  void aSuccessSetsTheAddresssFailuresToZero() {
    decide(times(9, unknown("nobody", HOME)));
    assertThat(decide(right(1, HOME))).isEqualTo(SUCCESS);
    assertThat(decide(times(11, unknown("nobody", HOME)))).endsWith(WRONG, BANNED);
  }

  @Test
  void aSuccessElsewhereLeavesTheAddresssFailures() {
    decide(times(9, unknown("nobody", HOME)));
    decide(right(1, "192.0.2.2"));
    assertThat(decide(times(2, unknown("nobody", HOME)))).containsExactly(WRONG, BANNED);
  }

  @Test
  void anUnknownNameIsNeverLockedAndCountsForTheAddress() {
    assertThat(decide(times(11, unknown("nobody", HOME))))
        .startsWith(Collections.nCopies(10, WRONG).toArray(Outcome[]::new))
        .endsWith(BANNED);
  }

  @Test
  void aUserThatTypesAnotherNameIsCountedById() {
    decide(times(3, new Attempt("as typed", OptionalLong.of(1), false, HOME)));
    assertThat(decide(right(1, HOME))).isEqualTo(LOCKED);
    assertThat(decide(new Attempt("as typed", OptionalLong.of(2), true, HOME))).isEqualTo(SUCCESS);
  }

  @Test
  void manyGuessesAtOnceGetThreeAnswersForOneUser() {
    List<Attempt> guesses =
        IntStream.range(0, 60).mapToObj(i -> wrong(1, "198.51.100." + i)).toList();
    assertThat(decide(guesses)).filteredOn(WRONG::equals).hasSize(3);
  }

  @Test
  void manyGuessesAtOnceGetTenAnswersFromOneAddress() {
    List<Attempt> guesses = IntStream.range(0, 60).mapToObj(user -> wrong(user, HOME)).toList();
    assertThat(decide(guesses)).filteredOn(WRONG::equals).hasSize(10);
  }

  @Test
  void manyRightLoginsAtOnceAllSucceed() {
    assertThat(decide(times(700, right(1, HOME)))).hasSize(700).containsOnly(SUCCESS);
  }

  @Test
  void aRightLoginAmongGuessesGivesThreeMore() {
    List<Attempt> attempts = new ArrayList<>(times(2, wrong(1, HOME)));
    attempts.add(right(1, HOME));
    attempts.addAll(times(5, wrong(1, HOME)));
    assertThat(decide(attempts))
        .containsExactly(WRONG, WRONG, SUCCESS, WRONG, WRONG, WRONG, LOCKED, LOCKED);
  }

  @Test
  void theLastTwoLoginsAreKept() {
    assertThat(lastLogins(1)).isEmpty();
    Instant before = Instant.now().minusSeconds(1);
    decide(right(1, "192.0.2.1"));
    LastLogins first = lastLogins(1).orElseThrow();
    assertThat(first.newest().address()).isEqualTo("192.0.2.1");
    assertThat(first.newest().at()).isBetween(before, Instant.now().plusSeconds(1));
    assertThat(first.previous()).isEmpty();
    decide(right(1, "192.0.2.2"));
    assertThat(lastLogins(1).orElseThrow().previous()).contains(first.newest());
    decide(
        List.of(
            right(1, "2001:db8::3"),
            wrong(1, "192.0.2.5"),
            right(1, "192.0.2.4"),
            right(2, "192.0.2.6")));
    LastLogins last = lastLogins(1).orElseThrow();
    assertThat(last.newest().address()).isEqualTo("192.0.2.4");
    assertThat(last.previous().orElseThrow().address()).isEqualTo("2001:db8::3");
  }

  @Test
  void everyAttemptIsRecordedInTheOrderOfDecisionsWhateverItsOutcome() {
    List<Attempt> attempts = new ArrayList<>(times(9, unknown("nobody", HOME)));
    attempts.addAll(
        List.of(right(1, HOME), wrong(1, HOME), wrong(1, HOME), wrong(1, HOME), right(1, HOME)));
    attempts.addAll(times(8, unknown("somebody", HOME)));
    List<Outcome> outcomes = decide(attempts);
    assertThat(outcomes).contains(WRONG, SUCCESS, LOCKED, BANNED);
    assertRecorded(attempts, outcomes);
  }

  @Test
  void namesAreRecordedAsTyped() {
    List<Attempt> attempts = new ArrayList<>();
    for (String name : Attempts.AWKWARD_NAMES) {
      attempts.add(unknown(name, "192.0.2." + attempts.size()));
      attempts.add(
          new Attempt(
              name, OptionalLong.of(attempts.size()), true, "2001:db8::" + attempts.size()));
    }
    assertRecorded(attempts, decide(attempts));
  }

  @Test
  void idsOfAnySizeAreKeptApart() {
    List<Long> ids =
        List.of(
            0L, -1L, Long.MAX_VALUE, Long.MAX_VALUE - 1, Long.MIN_VALUE, 1L << 53, (1L << 53) + 1);
    for (long id : ids) {
      decide(times(3, wrong(id, "address" + id)));
    }
    for (long id : ids) {
      assertThat(decide(right(id, HOME))).as("user %d", id).isEqualTo(LOCKED);
    }
    assertThat(decide(right((1L << 53) + 2, "192.0.2.2"))).isEqualTo(SUCCESS);
  }

  private void assertRecorded(List<Attempt> attempts, List<Outcome> outcomes) {
    List<RecordedAttempt> log = log();
    assertThat(log)
        .extracting(RecordedAttempt::sequence)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, attempts.size()).boxed().toList());
    for (int i = 0; i < attempts.size(); i++) {
      Attempt attempt = attempts.get(i);
      assertThat(log.get(i))
          .isEqualTo(
              new RecordedAttempt(
                  i + 1L,
                  log.get(i).at(),
                  attempt.userId(),
                  attempt.login(),
                  attempt.address(),
                  outcomes.get(i).succeeded()));
    }
    assertThat(log).extracting(RecordedAttempt::at).isSorted();
  }
}
