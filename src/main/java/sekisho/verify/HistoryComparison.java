package sekisho.verify;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;
import sekisho.login.CounterChange;
import sekisho.login.Thresholds;
import sekisho.net.AllowList;
import sekisho.verify.Comparison.Kind;
import sekisho.verify.Fact.Source;
import sekisho.verify.Fact.Subject;

/**
 * Goes through sorted facts: folds the log for one key after the other, and compares each thing
 * that was found elsewhere with the fold as of the same attempt. What ought to have been found, and
 * was not, is a difference where it had to be there all the time.
 */
final class HistoryComparison {

  private final Thresholds thresholds;
  private final AllowList allowed;
  private final Scope scope;
  private final Comparison comparison;
  private final Consumer<Fact> expectedReport;

  private long bannedAddresses;
  private long lockedUsers;

  private Fact first;
  private long failures;
  private String logins = "";
  private String name;
  private boolean tablesCompared;
  private boolean scanBegan;
  private final Set<Source> found = EnumSet.noneOf(Source.class);

  /** A scan of Redis may find a key twice. */
  private final Set<Source> differing = EnumSet.noneOf(Source.class);

  /**
   * Whether Redis must have had the key from the begin of the scan to its end, so that the scan had
   * to find it.
   */
  private boolean failuresAllTheTime;

  private boolean loginsAllTheTime;

  /**
   * As of which attempts the facts are.
   *
   * @param counted the newest one in the state tables and the report
   * @param scanned the newest one when the scan of Redis began
   */
  record Scope(long counted, long scanned) {}

  /**
   * @param allowed as of the state tables
   * @param expectedReport gets the names of users that the report must list
   */
  HistoryComparison(
      Thresholds thresholds,
      AllowList allowed,
      Scope scope,
      Comparison comparison,
      Consumer<Fact> expectedReport) {
    this.thresholds = thresholds;
    this.allowed = allowed;
    this.scope = scope;
    this.comparison = comparison;
    this.expectedReport = expectedReport;
  }

  /** Takes the next fact. */
  void accept(Fact fact) {
    if (first == null || !first.isAboutTheSameAs(fact)) {
      endKey();
      begin(fact);
    }
    reach(fact.number());
    found.add(fact.source());
    switch (fact.source()) {
      case LOG -> log(fact);
      case FAILURES_TABLE ->
          compare(
              Kind.ADDRESS_FAILURES,
              Kind.USER_FAILURES,
              fact,
              failuresOrNull(),
              Long.toString(fact.value()));
      case LOGINS_TABLE ->
          compare(Kind.LAST_LOGINS, Kind.LAST_LOGINS, fact, loginsOrNull(), fact.text());
      case REDIS_FAILURES ->
          compare(Kind.REDIS_ADDRESSES, Kind.REDIS_USERS, fact, failuresOrNull(), fact.text());
      case REDIS_LOGINS ->
          compare(Kind.REDIS_LOGINS, Kind.REDIS_LOGINS, fact, loginsOrNull(), fact.text());
      case USERS_TABLE -> name = fact.text();
      case REPORT, EXPECTED_REPORT -> {
        // That they are there says all.
      }
    }
  }

  /** Ends the last key. */
  void end() {
    endKey();
    first = null;
  }

  /** How many addresses are banned after all attempts. */
  long bannedAddresses() {
    return bannedAddresses;
  }

  /** How many users are locked after all attempts. */
  long lockedUsers() {
    return lockedUsers;
  }

  private void begin(Fact fact) {
    first = fact;
    failures = 0;
    logins = "";
    name = null;
    tablesCompared = false;
    scanBegan = false;
    found.clear();
    differing.clear();
    failuresAllTheTime = false;
    loginsAllTheTime = false;
  }

  /** What must be done before a fact as of that attempt, when it is the first one above a limit. */
  private void reach(long number) {
    if (!tablesCompared && number > scope.counted()) {
      tablesCompared = true;
      compareTables();
    }
    if (!scanBegan && number > scope.scanned()) {
      scanBegan = true;
      failuresAllTheTime = failures > 0;
      loginsAllTheTime = !logins.isEmpty();
    }
  }

  private void log(Fact fact) {
    failures = CounterChange.apply(failures, fact.value());
    logins = Fact.logins(logins, fact.text());
    failuresAllTheTime &= failures > 0;
  }

  private void compareTables() {
    if (first.subject() == Subject.NAME) {
      compareReport(Kind.LOCKED_USERS, found.contains(Source.EXPECTED_REPORT));
      return;
    }
    boolean isAddress = first.subject() == Subject.ADDRESS;
    if (failures > 0 && !found.contains(Source.FAILURES_TABLE)) {
      comparison.add(
          isAddress ? Kind.ADDRESS_FAILURES : Kind.USER_FAILURES, first.key(), failures, null);
    }
    if (!logins.isEmpty() && !found.contains(Source.LOGINS_TABLE)) {
      comparison.add(Kind.LAST_LOGINS, first.key(), logins, null);
    }
    if (isAddress) {
      compareReport(Kind.BANNED_ADDRESSES, isBanned());
    } else if (name != null && failures >= thresholds.userLock()) {
      expectedReport.accept(
          new Fact(Subject.NAME, name, scope.counted(), Source.EXPECTED_REPORT, 0, ""));
    }
  }

  private boolean isBanned() {
    return failures >= thresholds.ipBan() && !allowed.contains(first.key());
  }

  private void compareReport(Kind kind, boolean shouldBeThere) {
    if (shouldBeThere != found.contains(Source.REPORT)) {
      comparison.add(kind, first.key() + (shouldBeThere ? " is missing" : " is extra"));
    }
  }

  private void endKey() {
    if (first == null) {
      return;
    }
    reach(Long.MAX_VALUE);
    if (first.subject() == Subject.NAME) {
      return;
    }
    boolean isAddress = first.subject() == Subject.ADDRESS;
    if (failuresAllTheTime && !found.contains(Source.REDIS_FAILURES)) {
      comparison.add(
          isAddress ? Kind.REDIS_ADDRESSES : Kind.REDIS_USERS, first.key(), failures, null);
    }
    if (loginsAllTheTime && !found.contains(Source.REDIS_LOGINS)) {
      comparison.add(Kind.REDIS_LOGINS, first.key(), logins, null);
    }
    if (isAddress && isBanned()) {
      bannedAddresses++;
    }
    if (!isAddress && failures >= thresholds.userLock()) {
      lockedUsers++;
    }
  }

  private void compare(Kind ofAddress, Kind ofUser, Fact fact, String should, String is) {
    if (!is.equals(should) && differing.add(fact.source())) {
      comparison.add(
          first.subject() == Subject.ADDRESS ? ofAddress : ofUser, first.key(), should, is);
    }
  }

  private String failuresOrNull() {
    return failures == 0 ? null : Long.toString(failures);
  }

  private String loginsOrNull() {
    return logins.isEmpty() ? null : logins;
  }
}
