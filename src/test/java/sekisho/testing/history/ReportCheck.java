package sekisho.testing.history;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import sekisho.login.Counters;
import sekisho.login.HistoryEntry;
import sekisho.login.OperatorAct;
import sekisho.login.RecordedAttempt;
import sekisho.login.Thresholds;
import sekisho.testing.history.Violation.Kind;

/**
 * Compares reports with the log. A report is right if its lists are those after some row: not
 * before any attempt or act that had ended when the report was asked for, and not after any that
 * began when it was there. A wrong report is compared with the lists that differ from it least.
 */
final class ReportCheck {

  private final Thresholds thresholds;

  /** Who is in the lists after the rows so far. */
  private final Set<Entry> listed = new HashSet<>();

  private final List<Change> changes = new ArrayList<>();

  private record Entry(String what, String name) {}

  /** Somebody enters or leaves the lists with the row of an index. */
  private record Change(int index, Entry entry, boolean enters) {}

  ReportCheck(Thresholds thresholds) {
    this.thresholds = thresholds;
  }

  /** Takes the next row of the log, with the counters after it. */
  void next(int index, HistoryEntry row, Counters after) {
    if (row instanceof RecordedAttempt attempt) {
      address(index, attempt.address(), after);
      if (attempt.userId().isPresent()) {
        user(index, attempt.userId().getAsLong(), attempt.login(), after);
      }
    } else if (row instanceof OperatorAct act) {
      if (act.userId().isPresent()) {
        user(index, act.userId().getAsLong(), act.subject(), after);
      } else {
        address(index, act.subject(), after);
      }
    }
  }

  private void address(int index, String address, Counters after) {
    long failures = after.addressFailures().getOrDefault(address, 0L);
    change(index, new Entry("address", address), failures >= thresholds.ipBan());
  }

  private void user(int index, long id, String login, Counters after) {
    long failures = after.userFailures().getOrDefault(id, 0L);
    change(index, new Entry("user", login), failures >= thresholds.userLock());
  }

  private void change(int index, Entry entry, boolean isIn) {
    if (isIn ? listed.add(entry) : listed.remove(entry)) {
      changes.add(new Change(index, entry, isIn));
    }
  }

  /** Checks a report, once the whole log has been taken. */
  void check(
      ReportRead report, Map<? extends Seen, Integer> places, int inAnyCase, Violations found) {
    int from = inAnyCase - 1;
    int to = Integer.MAX_VALUE;
    for (Map.Entry<? extends Seen, Integer> placed : places.entrySet()) {
      if (placed.getKey().confirmed() && placed.getKey().end() < report.start()) {
        from = Math.max(from, placed.getValue());
      }
      if (placed.getKey().start() > report.end()) {
        to = Math.min(to, placed.getValue());
      }
    }
    Set<Entry> reported = new HashSet<>();
    report.bannedIps().forEach(ip -> reported.add(new Entry("address", ip)));
    report.lockedUsers().forEach(name -> reported.add(new Entry("user", name)));
    Set<Entry> due = nearest(reported, from, Math.max(to, from + 1));
    tell(Kind.REPORT_EXTRA, "has", "is not over the threshold then", reported, due, found);
    tell(Kind.REPORT_MISSING, "lacks", "is over the threshold then", due, reported, found);
  }

  /** The lists after the row from {@code from} up to below {@code to} that differ least. */
  private Set<Entry> nearest(Set<Entry> reported, int from, int to) {
    int differences = reported.size();
    int least = Integer.MAX_VALUE;
    int best = 0;
    for (int i = 0; i <= changes.size(); i++) {
      int begin = i == 0 ? -1 : changes.get(i - 1).index();
      int end = i == changes.size() ? Integer.MAX_VALUE : changes.get(i).index();
      if (begin < end && begin < to && end > from && differences < least) {
        least = differences;
        best = i;
      }
      if (i < changes.size()) {
        Change change = changes.get(i);
        differences += change.enters() == reported.contains(change.entry()) ? -1 : 1;
      }
    }
    Set<Entry> due = new HashSet<>();
    for (Change change : changes.subList(0, best)) {
      if (change.enters()) {
        due.add(change.entry());
      } else {
        due.remove(change.entry());
      }
    }
    return due;
  }

  private static void tell(
      Kind kind, String verb, String why, Set<Entry> one, Set<Entry> other, Violations found) {
    for (Entry entry :
        one.stream().filter(each -> !other.contains(each)).collect(Collectors.toSet())) {
      found.add(kind, "a report %s %s '%s', which %s", verb, entry.what(), entry.name(), why);
    }
  }
}
