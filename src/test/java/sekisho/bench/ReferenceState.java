package sekisho.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import sekisho.bench.load.Account;
import sekisho.bench.load.Dataset;
import sekisho.bench.load.ExpectedOutcome;

/** The rules of the contract in memory, right unless told to be wrong. Not thread-safe. */
final class ReferenceState {

  private static final int USER_THRESHOLD = 3;
  private static final int ADDRESS_THRESHOLD = 10;
  private static final int RARELY = 10_000;
  private static final int PORTION = 1_000;
  private static final String UNKNOWN = "(unknown)";

  record Row(String login, String address, boolean success) {}

  private final Set<Defect> defects;
  private final Map<String, String> passwords = new HashMap<>();
  private final Map<String, Integer> userFailures = new HashMap<>();
  private final Map<String, Integer> addressFailures = new HashMap<>();
  private final Map<String, List<String>> lastLogins = new HashMap<>();
  private final List<Row> log = new ArrayList<>();
  private int seeded;
  private long attempts;

  ReferenceState(Set<Defect> defects, Dataset dataset) {
    this.defects = defects;
    int number = 0;
    for (Account account : dataset.accounts()) {
      passwords.put(account.login(), account.password());
      number++;
      if (account.inLog()) {
        String octets = (number >> 8) % 256 + "." + number % 256;
        if (number % 3 != 0) {
          count(new Row(account.login(), "127.250." + octets, true));
        }
        for (int i = 0; i < account.failures(); i++) {
          count(new Row(account.login(), "127." + (200 + i) + "." + octets, false));
        }
      }
    }
    seeded = log.size();
  }

  /** Decides, counts and records an attempt. */
  ExpectedOutcome attempt(String login, String password, String address) {
    attempts++;
    ExpectedOutcome outcome = decide(login, password, address);
    Row row = new Row(login, address, outcome == ExpectedOutcome.SUCCESS);
    // By content, not by number: which attempts are hit must not depend on how the workers'
    // requests interleave.
    int mixed = (login + '|' + address + '|' + password).hashCode() * 0x9E3779B9;
    boolean rare = Math.floorMod(mixed >>> 3, RARELY) == 0;
    if (rare && defects.contains(Defect.LOST_ATTEMPT)) {
      return outcome;
    }
    if (defects.contains(Defect.BANNED_NOT_COUNTED) && outcome == ExpectedOutcome.BANNED
        || defects.contains(Defect.LOCKED_NOT_COUNTED) && outcome == ExpectedOutcome.LOCKED) {
      return outcome;
    }
    count(row);
    if (rare && defects.contains(Defect.REPEATED_ATTEMPT)) {
      count(row);
    }
    if (rare && defects.contains(Defect.LOST_ROW)) {
      log.remove(log.size() - 1);
    }
    if (rare && defects.contains(Defect.REPEATED_ROW)) {
      log.add(row);
    }
    return outcome;
  }

  private ExpectedOutcome decide(String login, String password, String address) {
    boolean right = password.equals(passwords.get(login));
    boolean banned =
        failures(addressFailures, address)
            >= ADDRESS_THRESHOLD
                + shift(Defect.ADDRESS_BANNED_ONE_LATE, Defect.ADDRESS_BANNED_ONE_EARLY);
    boolean locked =
        failures(userFailures, counterOf(login))
            >= USER_THRESHOLD + shift(Defect.USER_LOCKED_ONE_LATE, Defect.USER_LOCKED_ONE_EARLY);
    if (banned && !(right && defects.contains(Defect.PASSWORD_BEFORE_BAN))) {
      return ExpectedOutcome.BANNED;
    }
    if (locked && (right || !defects.contains(Defect.PASSWORD_BEFORE_LOCK))) {
      return ExpectedOutcome.LOCKED;
    }
    return right ? ExpectedOutcome.SUCCESS : ExpectedOutcome.WRONG;
  }

  private void count(Row row) {
    log.add(row);
    boolean known = passwords.containsKey(row.login);
    if (!row.success) {
      int counted = addressFailures.merge(row.address, 1, Integer::sum);
      if (defects.contains(Defect.BAN_FORGETS) && counted > ADDRESS_THRESHOLD + 1) {
        addressFailures.remove(row.address);
      }
      if (known
          || passwords.containsKey(counterOf(row.login))
          || defects.contains(Defect.UNKNOWN_NAMES_SHARE_A_COUNTER)) {
        userFailures.merge(counterOf(row.login), 1, Integer::sum);
      }
    } else {
      if (!defects.contains(Defect.SUCCESS_KEEPS_ADDRESS_FAILURES)) {
        addressFailures.remove(row.address);
      }
      if (!defects.contains(Defect.SUCCESS_KEEPS_USER_FAILURES)) {
        userFailures.remove(row.login);
      }
    }
    if (known && (row.success || defects.contains(Defect.LAST_LOGIN_OF_FAILURE))) {
      List<String> last = lastLogins.computeIfAbsent(row.login, login -> new ArrayList<>());
      last.add(row.address);
      if (last.size() > 2) {
        last.remove(0);
      }
    }
  }

  /** As a service does that keeps its newest attempts in memory alone, and is started anew. */
  void forgetNewest() {
    log.subList(Math.max(seeded, log.size() - 1_000), log.size()).clear();
  }

  private String counterOf(String login) {
    String typed = login.toLowerCase(Locale.ROOT);
    if (defects.contains(Defect.NAMES_WITHOUT_CASE) && passwords.containsKey(typed)) {
      return typed;
    }
    return passwords.containsKey(login) ? login : UNKNOWN;
  }

  /** The address of the success before the newest, or of the newest if it is the only one. */
  String lastLogin(String login) {
    List<String> last = lastLogins.get(login);
    if (defects.contains(Defect.LAST_LOGIN_IS_NEWEST)) {
      return last.get(last.size() - 1);
    }
    return last.size() == 1 && defects.contains(Defect.LAST_LOGIN_MISSING_AT_FIRST)
        ? ""
        : last.get(0);
  }

  boolean hasLoggedIn(String login) {
    return lastLogins.containsKey(login);
  }

  SortedSet<String> lockedUsers() {
    return over(rows(), true, USER_THRESHOLD);
  }

  SortedSet<String> bannedAddresses() {
    return over(rows(), false, ADDRESS_THRESHOLD);
  }

  private List<Row> rows() {
    List<Row> rows = new ArrayList<>(log);
    List<Row> fresh = rows.subList(seeded, rows.size());
    if (defects.contains(Defect.LAST_IN_FIRST_OUT)) {
      Collections.reverse(fresh);
    }
    if (defects.contains(Defect.LOG_OUT_OF_ORDER)) {
      for (int i = 0; i + 2 * PORTION <= fresh.size(); i += 2 * PORTION) {
        Collections.rotate(fresh.subList(i, i + 2 * PORTION), PORTION);
      }
    }
    if (defects.contains(Defect.REPORT_MISSES_NEWEST)) {
      fresh.subList(Math.max(0, fresh.size() - 100), fresh.size()).clear();
    }
    if (defects.contains(Defect.REPORT_FORGETS_SEED) && !fresh.isEmpty()) {
      rows.subList(0, seeded).clear();
    }
    return rows;
  }

  private SortedSet<String> over(List<Row> rows, boolean users, int threshold) {
    Map<String, Integer> failures = new HashMap<>();
    for (Row row : rows) {
      String name = users ? row.login : row.address;
      if (users && !passwords.containsKey(name) && !defects.contains(Defect.UNKNOWN_NAME_LISTED)) {
        continue;
      }
      if (row.success) {
        failures.remove(name);
      } else {
        failures.merge(name, 1, Integer::sum);
      }
    }
    // The first report, over the seed alone, stays right: a wrong one would be refused before the
    // run.
    boolean oneMore = defects.contains(Defect.REPORT_THRESHOLD_ONE_MORE) && attempts > 0;
    failures.values().removeIf(count -> count < threshold + (oneMore ? 1 : 0));
    return new TreeSet<>(failures.keySet());
  }

  private int failures(Map<String, Integer> counters, String name) {
    return counters.getOrDefault(name, 0);
  }

  private int shift(Defect late, Defect early) {
    return (defects.contains(late) ? 1 : 0) - (defects.contains(early) ? 1 : 0);
  }
}
