package sekisho.testing.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sekisho.login.Attempt;
import sekisho.login.Counters;
import sekisho.login.InMemoryAttemptStore;
import sekisho.login.Outcome;
import sekisho.login.RecordedAttempt;
import sekisho.login.Thresholds;
import sekisho.testing.history.Violation.Kind;

/** The checker finds nothing in a right history, and names each defect. */
class HistoryCheckerTest {

  private static final int ATTEMPTS = 2000;
  private static final long STEP = 10;

  private final HistoryChecker checker = new HistoryChecker(Thresholds.DEFAULT);
  private final List<ClientAttempt> attempts = new ArrayList<>();
  private final List<ReportRead> reports = new ArrayList<>();
  private final List<String> differences = new ArrayList<>();
  private final List<ClientAct> acts = new ArrayList<>();
  private List<RecordedAttempt> log;
  private long before;

  /**
   * Attempt number i is row i of the log, and overlaps in time with the one before it and the one
   * after it.
   */
  @BeforeEach
  void makeARightHistory() {
    InMemoryAttemptStore store = new InMemoryAttemptStore(Thresholds.DEFAULT, Clock.systemUTC());
    Random random = new Random(4);
    for (int i = 0; i < ATTEMPTS; i++) {
      // Few tries for each, so that many are locked and banned in the end, and others are not; one
      // success in three.
      int user = i / 40 * 4 + random.nextInt(4);
      boolean known = random.nextInt(3) > 0;
      String login = known ? "user" + user : "nobody" + i;
      String address = "10.0." + (i / 200 * 4 + random.nextInt(4)) + "." + (known ? "k" : "u");
      boolean matches = known && random.nextInt(3) == 0;
      OptionalLong id = known ? OptionalLong.of(user) : OptionalLong.empty();
      String unique = address;
      if (attempts.stream()
          .anyMatch(other -> other.login().equals(login) && other.address().equals(unique))) {
        address = "10.1." + i + ".1";
      }
      Outcome outcome = store.decide(new Attempt(login, id, matches, address)).result();
      attempts.add(
          new ClientAttempt(
              login, id, matches, address, i * STEP, i * STEP + 12, Optional.of(outcome)));
    }
    log = new ArrayList<>(store.log());
    for (int shown : List.of(0, 500, 1500, ATTEMPTS)) {
      reports.add(reportAfter(shown));
    }
  }

  /**
   * A report of the first rows, made when they had just ended and the next attempt was under way.
   */
  private ReportRead reportAfter(int rows) {
    Counters counters = new Counters();
    log.subList(0, rows).forEach(counters::apply);
    return new ReportRead(
        rows * STEP + 3,
        rows * STEP + 5,
        counters.addressFailures().entrySet().stream()
            .filter(each -> each.getValue() >= 10)
            .map(each -> each.getKey())
            .toList(),
        counters.userFailures().entrySet().stream()
            .filter(each -> each.getValue() >= 3)
            .map(each -> "user" + each.getKey())
            .toList());
  }

  private History history() {
    return new History(attempts, acts, List.copyOf(log), before, reports, differences);
  }

  private Set<Kind> found() {
    return checker.check(history()).stream().map(Violation::kind).collect(Collectors.toSet());
  }

  private int answered(Outcome outcome, int number) {
    return answered(outcome, number, i -> true);
  }

  private int answered(Outcome outcome, int number, IntPredicate also) {
    return IntStream.range(0, ATTEMPTS)
        .filter(i -> attempts.get(i).answer().equals(Optional.of(outcome)))
        .filter(also)
        .skip(number)
        .findFirst()
        .orElseThrow();
  }

  private void answer(int index, Outcome outcome) {
    ClientAttempt old = attempts.get(index);
    attempts.set(
        index,
        new ClientAttempt(
            old.login(),
            old.userId(),
            old.passwordMatches(),
            old.address(),
            old.start(),
            old.end(),
            Optional.ofNullable(outcome)));
  }

  private RecordedAttempt row(long sequence, RecordedAttempt like, boolean succeeded) {
    return new RecordedAttempt(
        sequence, like.at(), like.userId(), like.login(), like.address(), succeeded);
  }

  /** A row that repeats another one, as if it had been decided then. */
  private void append(RecordedAttempt like) {
    log.add(row(log.size() + 1L, like, false));
    reports.clear();
  }

  @Test
  void aRightHistoryHasNoFault() {
    assertThat(checker.check(history())).isEmpty();
    assertThat(attempts)
        .extracting(ClientAttempt::answer)
        .contains(
            Optional.of(Outcome.BANNED),
            Optional.of(Outcome.LOCKED),
            Optional.of(Outcome.WRONG),
            Optional.of(Outcome.SUCCESS));
    assertThat(reports.get(1).lockedUsers()).isNotEmpty();
    assertThat(reports.get(3).bannedIps()).hasSizeGreaterThan(reports.get(1).bannedIps().size());
  }

  @Test
  void aRightHistoryOnTopOfAnotherHasNoFault() {
    before = 700;
    attempts.subList(0, 700).clear();
    reports.remove(0);
    reports.remove(0);
    assertThat(checker.check(history())).isEmpty();
  }

  @Test
  void anAttemptThatIsNotInTheLogIsLost() {
    log.remove(answered(Outcome.BANNED, 20));
    assertThat(found()).contains(Kind.LOST);
  }

  @Test
  void theLastAttemptIsLostToo() {
    reports.clear();
    log.remove(ATTEMPTS - 1);
    assertThat(found()).containsExactly(Kind.LOST);
    assertThat(HistoryChecker.missing(history())).containsExactly(attempts.get(ATTEMPTS - 1));
    assertThat(
            checker.check(
                history().losing(attempt -> attempt.end() >= attempts.get(ATTEMPTS - 1).end())))
        .isEmpty();
    assertThat(
            checker.check(
                history().losing(attempt -> attempt.end() < attempts.get(ATTEMPTS - 1).end())))
        .hasSize(1);
  }

  @Test
  void anAttemptThatIsThereTwiceIsDuplicated() {
    append(log.get(answered(Outcome.BANNED, 3)));
    assertThat(found()).containsExactly(Kind.DUPLICATED);
  }

  @Test
  void anAttemptWithoutAnAnswerMayBeThereOnceOrNot() {
    reports.clear();
    answer(ATTEMPTS - 1, null);
    assertThat(found()).isEmpty();
    log.remove(ATTEMPTS - 1);
    assertThat(found()).isEmpty();
  }

  @Test
  void anAttemptWithoutAnAnswerIsNotThereTwice() {
    int unanswered = answered(Outcome.BANNED, 5);
    answer(unanswered, null);
    append(log.get(unanswered));
    assertThat(found()).containsExactly(Kind.DUPLICATED);
  }

  @Test
  void anAttemptWithoutAnAnswerCountsWhereItStands() {
    int unanswered = answered(Outcome.WRONG, 100);
    answer(unanswered, null);
    assertThat(found()).isEmpty();
    log.set(unanswered, row(unanswered + 1L, log.get(unanswered), true));
    assertThat(found()).contains(Kind.ROW_AGAINST_FOLD);
  }

  @Test
  void aRowThatNobodyAttemptedIsUnknown() {
    append(
        new RecordedAttempt(
            1, log.get(0).at(), OptionalLong.empty(), "a stranger", "10.9.9.9", false));
    assertThat(found()).containsExactly(Kind.UNKNOWN_ROW);
  }

  @Test
  void aRowUnderAnotherUserIsWrong() {
    int index = answered(Outcome.WRONG, 0, i -> attempts.get(i).userId().isEmpty());
    RecordedAttempt old = log.get(index);
    log.set(
        index,
        new RecordedAttempt(
            old.sequence(), old.at(), OptionalLong.of(-1), old.login(), old.address(), false));
    assertThat(found()).containsExactly(Kind.WRONG_USER);
  }

  @Test
  void numbersThatDoNotRiseAreNamed() {
    log.set(50, row(50, log.get(50), log.get(50).succeeded()));
    assertThat(found()).containsExactly(Kind.IDS_NOT_RISING);
    log.set(50, row(49, log.get(50), log.get(50).succeeded()));
    assertThat(found()).containsExactly(Kind.IDS_NOT_RISING);
  }

  /** Of two who have nothing to do with each other, so that no counter shows it. */
  @Test
  void attemptsInAnotherOrderThanTheirsAreReordered() {
    int first =
        answered(
            Outcome.SUCCESS,
            0,
            i ->
                attempts.get(i).endedBefore(attempts.get(i + 2))
                    && stranger(i, i + 1)
                    && stranger(i, i + 2)
                    && stranger(i + 1, i + 2));
    Collections.swap(log, first, first + 2);
    renumber();
    assertThat(found()).containsExactly(Kind.REORDERED);
  }

  @Test
  void attemptsAtTheSameTimeMayComeInAnyOrder() {
    int first = answered(Outcome.SUCCESS, 0, i -> stranger(i, i + 1));
    Collections.swap(log, first, first + 1);
    renumber();
    assertThat(found()).isEmpty();
  }

  @Test
  void anAttemptWithoutAnAnswerMayBeDecidedLate() {
    int first =
        answered(
            Outcome.SUCCESS,
            0,
            i -> stranger(i, i + 1) && stranger(i, i + 2) && stranger(i + 1, i + 2));
    answer(first, null);
    Collections.swap(log, first, first + 2);
    renumber();
    // The later one was answered, and so was the one between them: only what it overtakes may
    // complain.
    assertThat(found()).doesNotContain(Kind.LOST, Kind.DUPLICATED);
    Collections.swap(log, first, first + 1);
    renumber();
    assertThat(found()).isEmpty();
  }

  /** A Redis that is lost may have decided it before, and nobody knows of it. */
  @Test
  void anAnswerMayCountAnAttemptThatNobodyWasToldOf() {
    int judged = answered(Outcome.WRONG, 30, i -> attempts.get(i).userId().isPresent());
    answer(judged, Outcome.LOCKED);
    ClientAttempt attempt = attempts.get(judged);
    attempts.add(unanswered(attempt, attempt.start() - 5, attempt.start() + 5));
    assertThat(found()).isEmpty();
    attempts.set(ATTEMPTS, unanswered(attempt, attempt.start() - 5, attempt.start() - 1));
    assertThat(found()).containsExactly(Kind.ANSWER_AGAINST_USER);
    attempts.set(ATTEMPTS, unanswered(attempt, attempt.end() + 1, attempt.end() + 5));
    assertThat(found()).containsExactly(Kind.ANSWER_AGAINST_USER);
  }

  private static ClientAttempt unanswered(ClientAttempt of, long start, long end) {
    return new ClientAttempt(
        of.login(), of.userId(), false, "10.9.9.9", start, end, Optional.empty());
  }

  @Test
  void anAnswerThatTheUsersFailuresForbidIsNamed() {
    answer(answered(Outcome.LOCKED, 30), Outcome.WRONG);
    assertThat(found()).contains(Kind.ANSWER_AGAINST_USER);
    makeAgain();
    answer(answered(Outcome.WRONG, 30), Outcome.LOCKED);
    assertThat(found()).containsExactly(Kind.ANSWER_AGAINST_USER);
  }

  @Test
  void anAnswerThatTheAddresssFailuresForbidIsNamed() {
    answer(answered(Outcome.BANNED, 30), Outcome.LOCKED);
    assertThat(found()).containsExactly(Kind.ANSWER_AGAINST_ADDRESS);
    makeAgain();
    answer(answered(Outcome.WRONG, 30), Outcome.BANNED);
    assertThat(found()).containsExactly(Kind.ANSWER_AGAINST_ADDRESS);
  }

  @Test
  void aWrongPasswordThatIsAnsweredAsRightIsNamed() {
    answer(answered(Outcome.WRONG, 30), Outcome.SUCCESS);
    assertThat(found()).containsExactly(Kind.ANSWER_AGAINST_PASSWORD);
  }

  @Test
  void aSuccessRecordedAsFailureIsNamed() {
    int index = answered(Outcome.SUCCESS, 30);
    log.set(index, row(index + 1L, log.get(index), false));
    assertThat(found()).contains(Kind.ROW_AGAINST_FOLD);
  }

  @Test
  void aFourthWrongOfOneUserIsNamed() {
    answer(answered(Outcome.LOCKED, 0), Outcome.WRONG);
    assertThat(found()).contains(Kind.TOO_MANY_WRONG_FOR_USER);
  }

  @Test
  void anEleventhWrongOfOneAddressIsNamed() {
    for (int i = 0; i < ATTEMPTS; i++) {
      if (attempts.get(i).userId().isEmpty()
          && attempts.get(i).answer().equals(Optional.of(Outcome.BANNED))) {
        answer(i, Outcome.WRONG);
      }
    }
    assertThat(found())
        .contains(Kind.TOO_MANY_WRONG_FOR_ADDRESS)
        .doesNotContain(Kind.TOO_MANY_WRONG_FOR_USER);
  }

  @Test
  void aReportThatLacksSomebodyIsNamed() {
    ReportRead report = reports.get(3);
    Set<String> fewer = new HashSet<>(report.bannedIps());
    fewer.remove(fewer.iterator().next());
    reports.set(3, new ReportRead(report.start(), report.end(), fewer, report.lockedUsers()));
    assertThat(found()).containsExactly(Kind.REPORT_MISSING);
  }

  @Test
  void aReportOfAnEarlierMomentIsNamed() {
    ReportRead early = reports.get(1);
    reports.set(
        2,
        new ReportRead(
            reports.get(2).start(), reports.get(2).end(), early.bannedIps(), early.lockedUsers()));
    assertThat(found()).containsExactly(Kind.REPORT_MISSING);
  }

  @Test
  void aReportWhoseListsAreOfTwoMomentsIsNamed() {
    reports.set(
        1,
        new ReportRead(
            0, Long.MAX_VALUE, reports.get(1).bannedIps(), reports.get(3).lockedUsers()));
    assertThat(found()).isNotEmpty().isSubsetOf(Kind.REPORT_MISSING, Kind.REPORT_EXTRA);
  }

  @Test
  void aReportWithSomebodyTooManyIsNamed() {
    ReportRead report = reports.get(3);
    Set<String> more = new HashSet<>(report.lockedUsers());
    more.add("nobody1");
    reports.set(3, new ReportRead(report.start(), report.end(), report.bannedIps(), more));
    assertThat(found()).containsExactly(Kind.REPORT_EXTRA);
  }

  @Test
  void aReportFromTheFutureIsNamed() {
    ReportRead late = reports.get(2);
    reports.set(
        1,
        new ReportRead(
            reports.get(1).start(), reports.get(1).end(), late.bannedIps(), late.lockedUsers()));
    assertThat(found()).containsExactly(Kind.REPORT_EXTRA);
  }

  @Test
  void whatTheServiceFindsItselfIsNamed() {
    differences.add("counter in Redis: user 7: 2, but the log gives 3");
    assertThat(checker.check(history()))
        .singleElement()
        .hasToString("VERIFY: counter in Redis: user 7: 2, but the log gives 3");
  }

  @Test
  void attemptsThatCannotBeToldApartAreRefused() {
    attempts.add(attempts.get(7));
    assertThatThrownBy(() -> checker.check(history())).isInstanceOf(IllegalArgumentException.class);
  }

  private boolean stranger(int one, int other) {
    ClientAttempt a = attempts.get(one);
    ClientAttempt b = attempts.get(other);
    return !a.login().equals(b.login()) && !a.address().equals(b.address());
  }

  private void renumber() {
    for (int i = 0; i < log.size(); i++) {
      log.set(i, row(i + 1L, log.get(i), log.get(i).succeeded()));
    }
    reports.clear();
  }

  private void makeAgain() {
    attempts.clear();
    reports.clear();
    makeARightHistory();
  }
}
