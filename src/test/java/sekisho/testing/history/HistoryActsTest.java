package sekisho.testing.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sekisho.login.Attempt;
import sekisho.login.Counters;
import sekisho.login.HistoryEntry;
import sekisho.login.InMemoryAttemptStore;
import sekisho.login.OperatorAct;
import sekisho.login.OperatorAct.Kind;
import sekisho.login.Outcome;
import sekisho.login.Thresholds;

/** The checker knows what operators do: it finds nothing in a right history, and each defect. */
class HistoryActsTest {

  private static final int ENTRIES = 3000;
  private static final long STEP = 10;

  private final HistoryChecker checker = new HistoryChecker(Thresholds.DEFAULT);
  private final List<ClientAttempt> attempts = new ArrayList<>();
  private final List<ClientAct> acts = new ArrayList<>();
  private final List<ReportRead> reports = new ArrayList<>();
  private List<HistoryEntry> log;

  /** One entry after the other, none at the same time; every tenth is an act. */
  @BeforeEach
  void makeARightHistory() {
    InMemoryAttemptStore store = new InMemoryAttemptStore(Thresholds.DEFAULT, Clock.systemUTC());
    Random random = new Random(7);
    for (int i = 0; i < ENTRIES; i++) {
      int user = i / 60 * 4 + random.nextInt(4);
      String address = "10.0." + (i / 200 * 4 + random.nextInt(4)) + ".1";
      if (i % 10 == 9) {
        act(store, i, user, address, random);
      } else {
        attempt(store, i, user, address, random);
      }
    }
    log = new ArrayList<>(store.history());
    for (int rows = 0; rows <= ENTRIES; rows += 100) {
      reports.add(reportAfter(rows));
    }
  }

  private void act(InMemoryAttemptStore store, int index, int user, String address, Random random) {
    boolean ofUser = random.nextBoolean();
    Kind kind = random.nextBoolean() ? Kind.PARDON : ofUser ? Kind.LOCK : Kind.BAN;
    OptionalLong id = ofUser ? OptionalLong.of(user) : OptionalLong.empty();
    String subject = ofUser ? "user" + user : address;
    store.take(new OperatorAct(1, Instant.EPOCH, kind, id, subject, "tester", "act " + index));
    acts.add(
        new ClientAct(
            kind, id, subject, "act " + index, index * STEP, index * STEP + 5, index % 20 == 9));
  }

  private void attempt(
      InMemoryAttemptStore store, int index, int user, String address, Random random) {
    boolean used =
        attempts.stream()
            .anyMatch(
                other -> other.login().equals("user" + user) && other.address().equals(address));
    boolean known = !used && random.nextInt(4) > 0;
    String login = known ? "user" + user : "nobody" + index;
    OptionalLong id = known ? OptionalLong.of(user) : OptionalLong.empty();
    boolean matches = known && random.nextInt(3) == 0;
    Outcome outcome = store.decide(new Attempt(login, id, matches, address)).result();
    attempts.add(
        new ClientAttempt(
            login, id, matches, address, index * STEP, index * STEP + 5, Optional.of(outcome)));
  }

  private ReportRead reportAfter(int rows) {
    Counters counters = new Counters();
    log.subList(0, rows).forEach(counters::apply);
    return new ReportRead(
        rows * STEP - 4,
        rows * STEP - 2,
        counters.addressFailures().entrySet().stream()
            .filter(each -> each.getValue() >= 10)
            .map(each -> each.getKey())
            .toList(),
        counters.userFailures().entrySet().stream()
            .filter(each -> each.getValue() >= 3)
            .map(each -> "user" + each.getKey())
            .toList());
  }

  private Set<Violation.Kind> found() {
    return checker.check(new History(attempts, acts, log, 0, reports, List.of())).stream()
        .map(Violation::kind)
        .collect(Collectors.toSet());
  }

  private int indexOf(Predicate<OperatorAct> wanted) {
    for (int i = ENTRIES / 2; i < ENTRIES; i++) {
      if (log.get(i) instanceof OperatorAct act && wanted.test(act)) {
        return i;
      }
    }
    throw new AssertionError("no such act");
  }

  private ClientAct seen(OperatorAct row) {
    return acts.stream().filter(act -> act.reason().equals(row.reason())).findFirst().orElseThrow();
  }

  private boolean confirmed(OperatorAct row) {
    return seen(row).confirmed();
  }

  /** Whether it ended a ban or lock that attempts met soon afterwards. */
  private boolean matters(OperatorAct row) {
    ClientAct act = seen(row);
    return attempts.stream()
            .filter(attempt -> act.concerns(attempt) && attempt.start() > act.end())
            .limit(1)
            .anyMatch(attempt -> attempt.answer().orElseThrow() == Outcome.WRONG)
        && attempts.stream()
            .filter(attempt -> act.concerns(attempt) && attempt.end() < act.start())
            .reduce((first, second) -> second)
            .filter(attempt -> attempt.answer().orElseThrow() != Outcome.WRONG)
            .filter(attempt -> attempt.answer().orElseThrow() != Outcome.SUCCESS)
            .isPresent();
  }

  @Test
  void aRightHistoryHasNoFault() {
    assertThat(found()).isEmpty();
    assertThat(reports.get(10).lockedUsers())
        .as("somebody leaves the lists")
        .isNotEmpty()
        .anyMatch(user -> !reports.get(30).lockedUsers().contains(user));
  }

  @Test
  void aConfirmedActThatIsNotThereIsLost() {
    reports.clear();
    log.remove(indexOf(this::confirmed));
    assertThat(found()).contains(Violation.Kind.LOST);
  }

  /** Redis lost it after attempts of its subject had been decided with it. */
  @Test
  void anActThatWasNotConfirmedMayBeLost() {
    reports.clear();
    log.remove(indexOf(act -> !confirmed(act) && matters(act)));
    assertThat(found()).isEmpty();
  }

  @Test
  void aPardonWithoutEffectIsNamed() {
    int index = indexOf(act -> act.kind() == Kind.PARDON && matters(act));
    OperatorAct old = (OperatorAct) log.get(index);
    reports.clear();
    log.set(
        index,
        new OperatorAct(
            old.sequence(), old.at(), Kind.PARDON, OptionalLong.of(-1), "x", "tester", "none"));
    acts.add(
        new ClientAct(
            Kind.PARDON,
            OptionalLong.of(-1),
            "x",
            "none",
            seen(old).start(),
            seen(old).end(),
            true));
    acts.remove(seen(old));
    assertThat(found())
        .isNotEmpty()
        .isSubsetOf(
            Violation.Kind.ANSWER_AGAINST_USER,
            Violation.Kind.ANSWER_AGAINST_ADDRESS,
            Violation.Kind.ROW_AGAINST_FOLD,
            Violation.Kind.TOO_MANY_WRONG_FOR_USER,
            Violation.Kind.TOO_MANY_WRONG_FOR_ADDRESS);
  }

  @Test
  void anActThatIsThereTwiceOrThatNobodyTookIsNamed() {
    reports.clear();
    int index = indexOf(act -> true);
    OperatorAct act = (OperatorAct) log.get(index);
    log.add(act(act, "act " + index));
    assertThat(found()).contains(Violation.Kind.DUPLICATED);
    log.remove(ENTRIES);
    log.add(act(act, "nobody's"));
    assertThat(found()).contains(Violation.Kind.UNKNOWN_ROW);
  }

  private static OperatorAct act(OperatorAct like, String reason) {
    return new OperatorAct(
        ENTRIES + 1, like.at(), like.kind(), like.userId(), like.subject(), "tester", reason);
  }

  @Test
  void anActThatIsDecidedLateIsNamed() {
    reports.clear();
    int index = indexOf(this::confirmed);
    OperatorAct act = (OperatorAct) log.remove(index);
    log.add(act(act, act.reason()));
    assertThat(found()).contains(Violation.Kind.REORDERED);
  }

  @Test
  void aReportThatStillHasThePardonedIsNamed() {
    int index =
        indexOf(
            act ->
                act.kind() == Kind.PARDON
                    && confirmed(act)
                    && !shown(act.sequence() - 1).equals(shown(act.sequence())));
    ReportRead early = reportAfter(index);
    ReportRead due = reportAfter(index + 1);
    reports.clear();
    reports.add(new ReportRead(due.start(), due.end(), early.bannedIps(), early.lockedUsers()));
    assertThat(found()).containsExactly(Violation.Kind.REPORT_EXTRA);
    reports.set(0, due);
    assertThat(found()).isEmpty();
    reports.set(0, new ReportRead(early.start(), early.end(), due.bannedIps(), due.lockedUsers()));
    assertThat(found()).as("before the pardon").containsExactly(Violation.Kind.REPORT_MISSING);
  }

  private List<Set<String>> shown(long rows) {
    ReportRead report = reportAfter((int) rows);
    return List.of(report.bannedIps(), report.lockedUsers());
  }
}
