package sekisho.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import sekisho.login.CounterChange;
import sekisho.login.Thresholds;
import sekisho.net.AllowList;
import sekisho.verify.Fact.Source;
import sekisho.verify.Fact.Subject;

/**
 * State tables as of attempt 10, a scan of Redis from attempt 20 on; three failures lock a user and
 * two ban an address.
 */
class HistoryComparisonTest {

  private static final String ADDRESS = "192.0.2.1";

  private final Comparison comparison = new Comparison(100);
  private final List<Fact> facts = new ArrayList<>();
  private final List<Fact> expectedReport = new ArrayList<>();
  private final HistoryComparison histories =
      new HistoryComparison(
          new Thresholds(3, 2),
          AllowList.NONE,
          new HistoryComparison.Scope(10, 20),
          comparison,
          expectedReport::add);

  private HistoryComparisonTest address(long number, Source source, long value, String text) {
    facts.add(new Fact(Subject.ADDRESS, ADDRESS, number, source, value, text));
    return this;
  }

  private HistoryComparisonTest user(long number, Source source, long value, String text) {
    facts.add(new Fact(Subject.USER, "7", number, source, value, text));
    return this;
  }

  private HistoryComparisonTest failed(long number) {
    return address(number, Source.LOG, CounterChange.FAILURE, "");
  }

  private HistoryComparisonTest succeeded(long number) {
    return address(number, Source.LOG, CounterChange.SUCCESS, "");
  }

  private HistoryComparisonTest table(long failures) {
    return address(10, Source.FAILURES_TABLE, failures, "");
  }

  private HistoryComparisonTest redis(long number, String failures) {
    return address(number, Source.REDIS_FAILURES, 0, failures);
  }

  private List<String> differences() {
    facts.sort(null);
    facts.forEach(histories::accept);
    histories.end();
    return comparison.differences();
  }

  @Test
  void eachThingIsComparedWithTheFoldAsOfTheSameAttempt() {
    assertThat(
            failed(10)
                .table(1)
                .failed(11)
                .failed(20)
                .redis(20, "3")
                .failed(21)
                .redis(21, "4")
                .succeeded(22)
                .differences())
        .isEmpty();
    assertThat(histories.bannedAddresses()).as("after all attempts").isZero();
  }

  @Test
  void anAttemptLaterOrEarlierIsADifference() {
    assertThat(failed(10).failed(11).failed(21).table(2).redis(20, "3").differences())
        .containsExactly(
            "address_failures: address 192.0.2.1: 2, but the log gives 1",
            "counter in Redis: address 192.0.2.1: 3, but the log gives 2");
  }

  @Test
  void whatHadToBeFoundIsMissed() {
    assertThat(failed(9).failed(10).differences())
        .containsExactly(
            "address_failures: address 192.0.2.1: nothing, but the log gives 2",
            "report: banned address 192.0.2.1 is missing",
            "counter in Redis: address 192.0.2.1: nothing, but the log gives 2");
    assertThat(histories.bannedAddresses()).isEqualTo(1);
  }

  /** A scan need not find a field that came or went while it was under way. */
  @Test
  void whatWasNotThereAllTheTimeMayBeMissing() {
    assertThat(failed(21).differences()).as("came").isEmpty();
    facts.clear();
    assertThat(failed(20).succeeded(21).failed(22).differences())
        .as("went and came again")
        .isEmpty();
    facts.clear();
    assertThat(failed(20).failed(21).differences())
        .as("was there all the time")
        .containsExactly("counter in Redis: address 192.0.2.1: nothing, but the log gives 2");
  }

  @Test
  void whatIsThereWithoutAnAttemptIsADifferenceAndToldOnceThoughFoundTwice() {
    assertThat(
            redis(20, "0").redis(25, "0").table(1).address(10, Source.REPORT, 0, "").differences())
        .containsExactly(
            "address_failures: address 192.0.2.1: 1, but the log gives nothing",
            "report: banned address 192.0.2.1 is extra",
            "counter in Redis: address 192.0.2.1: 0, but the log gives nothing");
  }

  @Test
  void lastLoginsAreCompared() {
    user(5, Source.LOG, CounterChange.SUCCESS, "5 a").user(10, Source.LOGINS_TABLE, 0, "5 a");
    user(15, Source.LOG, CounterChange.SUCCESS, "15 b")
        .user(21, Source.REDIS_LOGINS, 0, "15 b 5 a");
    user(22, Source.LOG, CounterChange.SUCCESS, "22 c")
        .user(22, Source.REDIS_LOGINS, 0, "22 c 5 a");
    assertThat(differences())
        .containsExactly("last logins in Redis: user 7: 22 c 5 a, but the log gives 22 c 15 b");
  }

  @Test
  void lastLoginsThatAreMissing() {
    assertThat(user(5, Source.LOG, CounterChange.SUCCESS, "5 a").differences())
        .containsExactly(
            "last_logins: user 7: nothing, but the log gives 5 a",
            "last logins in Redis: user 7: nothing, but the log gives 5 a");
  }

  @Test
  void aLockedUserIsExpectedInTheReportByName() {
    user(10, Source.LOG, 3 * CounterChange.FAILURE, "")
        .user(10, Source.FAILURES_TABLE, 3, "")
        .user(20, Source.REDIS_FAILURES, 0, "3");
    assertThat(differences()).isEmpty();
    assertThat(expectedReport).as("a user that is no more has no name").isEmpty();
    user(10, Source.USERS_TABLE, 0, "seven");
    assertThat(differences()).isEmpty();
    assertThat(expectedReport).extracting(Fact::key).containsExactly("seven");
  }

  @Test
  void namesAreComparedWithTheReport() {
    for (String missing : List.of("both", "missing")) {
      facts.add(new Fact(Subject.NAME, missing, 10, Source.EXPECTED_REPORT, 0, ""));
    }
    for (String extra : List.of("both", "extra")) {
      facts.add(new Fact(Subject.NAME, extra, 10, Source.REPORT, 0, ""));
    }
    assertThat(differences())
        .containsExactly(
            "report: locked user extra is extra", "report: locked user missing is missing");
  }
}
