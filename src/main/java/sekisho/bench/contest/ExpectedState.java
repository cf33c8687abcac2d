package sekisho.bench.contest;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import sekisho.bench.client.LoginTry;
import sekisho.bench.load.Account;
import sekisho.bench.load.ExpectedOutcome;

/**
 * What the service must know after the attempts that it answered: the rules of the contract, folded
 * over them. Seeded users start with the failures that the seeded log ends with. Not thread-safe.
 */
public final class ExpectedState {

  private final RuleThresholds thresholds;
  private final Map<String, UserEntry> users = new HashMap<>();
  private final Map<String, FailureCount> addresses = new HashMap<>();

  public ExpectedState(RuleThresholds thresholds, Collection<Account> accounts) {
    this.thresholds = thresholds;
    accounts.forEach(account -> users.put(account.login(), new UserEntry(account)));
  }

  /**
   * The outcome that the rules give this attempt now; exact as long as no answer about its user or
   * address is missing.
   */
  public ExpectedOutcome expected(LoginTry attempt) {
    if (addressFailures(attempt.address()) >= thresholds.address()) {
      return ExpectedOutcome.BANNED;
    }
    if (userFailures(attempt.login()) >= thresholds.user()) {
      return ExpectedOutcome.LOCKED;
    }
    return attempt.right() ? ExpectedOutcome.SUCCESS : ExpectedOutcome.WRONG;
  }

  /** Records an attempt that was answered with this outcome. */
  public void answered(LoginTry attempt, ExpectedOutcome outcome) {
    UserEntry user = users.get(attempt.login());
    FailureCount address = addresses.computeIfAbsent(attempt.address(), key -> new FailureCount(0));
    if (outcome == ExpectedOutcome.SUCCESS) {
      address.success();
      user.failures.success();
      user.before = user.newest;
      user.newest = attempt.address();
      return;
    }
    address.failure();
    if (user != null) {
      user.failures.failure();
    }
  }

  /** Records an attempt whose answer never came: it may have been decided or not. */
  void unanswered(LoginTry attempt) {
    ExpectedOutcome outcome = expected(attempt);
    UserEntry user = users.get(attempt.login());
    FailureCount address = addresses.computeIfAbsent(attempt.address(), key -> new FailureCount(0));
    if (outcome == ExpectedOutcome.SUCCESS) {
      address.unansweredSuccess();
      user.failures.unansweredSuccess();
      return;
    }
    address.unansweredFailure();
    if (user != null) {
      user.failures.unansweredFailure();
    }
  }

  /** Failures of this user since the last success; 0 for an unknown name. */
  int userFailures(String login) {
    UserEntry user = users.get(login);
    return user == null ? 0 : user.failures.least();
  }

  /** Failures of this address since the last success. */
  int addressFailures(String address) {
    FailureCount count = addresses.get(address);
    return count == null ? 0 : count.least();
  }

  /** The address of this user's newest success in this run; null when there is none. */
  String newestSuccess(String login) {
    return users.get(login).newest;
  }

  /**
   * The address that the member page shows: of the success before the newest one, or of the newest
   * if it is the only one.
   *
   * @return null when that success is in the seeded log, whose addresses the data set does not tell
   */
  String lastLogin(String login) {
    UserEntry user = users.get(login);
    if (user.before != null) {
      return user.before;
    }
    return user.inLog ? null : user.newest;
  }

  /** The users that a report made now must list. */
  Listing lockedUsers() {
    Listing listing = Listing.empty();
    users.forEach((login, user) -> listing.add(login, user.failures, thresholds.user()));
    return listing;
  }

  /** The addresses that a report made now must list. */
  Listing bannedAddresses() {
    Listing listing = Listing.empty();
    addresses.forEach((address, count) -> listing.add(address, count, thresholds.address()));
    return listing;
  }

  /**
   * Entries of one list of the report.
   *
   * @param certain entries that must be listed
   * @param inDoubt entries that may be listed or not, because an answer about them was cut off
   */
  record Listing(SortedSet<String> certain, SortedSet<String> inDoubt) {

    private static Listing empty() {
      return new Listing(new TreeSet<>(), new TreeSet<>());
    }

    private void add(String name, FailureCount count, int threshold) {
      if (count.certainlyAtLeast(threshold)) {
        certain.add(name);
      } else if (count.possiblyAtLeast(threshold)) {
        inDoubt.add(name);
      }
    }
  }

  private static final class UserEntry {
    private final FailureCount failures;
    private final boolean inLog;
    private String newest;
    private String before;

    private UserEntry(Account account) {
      this.failures = new FailureCount(account.failures());
      this.inLog = account.inLog();
    }
  }

  /**
   * Failures since the last success. After a request that was cut off it is a range, since nobody
   * told whether the service counted that attempt.
   */
  static final class FailureCount {

    private int least;
    private int most;

    FailureCount(int failures) {
      this.least = failures;
      this.most = failures;
    }

    void failure() {
      least++;
      most++;
    }

    void success() {
      least = 0;
      most = 0;
    }

    /** An attempt that would have failed got no answer. */
    void unansweredFailure() {
      most++;
    }

    /** An attempt that would have succeeded got no answer. */
    void unansweredSuccess() {
      least = 0;
    }

    /** The number of failures when no answer is missing, else the fewest possible. */
    int least() {
      return least;
    }

    boolean certainlyAtLeast(int threshold) {
      return least >= threshold;
    }

    boolean possiblyAtLeast(int threshold) {
      return most >= threshold;
    }
  }
}
